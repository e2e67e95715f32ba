import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const script = path.resolve(import.meta.dirname, "database.mjs");
let dataFolder: string;

/** Runs the command line as a person does, so that several calls are processes of their own. */
async function database(command: string): Promise<string> {
  const env = { ...process.env, TUNELOOP_DATA: dataFolder };
  const { stdout } = await promisify(execFile)(process.execPath, [script, command], { env });
  return stdout.trim();
}

async function query<T>(url: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: T }>(sql);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}

const pidFile = () => path.join(dataFolder, "postgres", "postmaster.pid");
const serverPid = () => Number(fs.readFileSync(pidFile(), "utf8").split("\n")[0]);

// All tests share one data folder (making it takes a second); each test finds its server stopped.
beforeAll(() => {
  dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-database-"));
  fs.chmodSync(dataFolder, 0o755);
});
afterEach(() => database("stop"));
afterAll(() => fs.rmSync(dataFolder, { recursive: true }));

test("several starts at once share one server", async () => {
  const urls = await Promise.all(["start", "start", "start"].map(database));
  expect(new Set(urls).size).toBe(1);
  expect(await query(urls[0] as string, "SELECT current_database() AS value")).toBe("tuneloop");
  expect(await database("url")).toBe(urls[0]);
});

test("a server that was killed, with its pid file left behind, starts again with its rows", async () => {
  const url = await database("start");
  await query(url, "CREATE TABLE kept AS SELECT 7 AS value");
  process.kill(serverPid(), "SIGKILL");
  expect(await query(await database("start"), "SELECT value FROM kept")).toBe(7);
});

test("a stale pid file that names a living process of somebody else does not confuse a start", async () => {
  await database("start");
  const record = fs.readFileSync(pidFile(), "utf8");
  await database("stop");
  fs.writeFileSync(pidFile(), record.replace(/^\d+/, String(process.pid)));
  expect(await query(await database("start"), "SELECT 1 AS value")).toBe(1);
});

test("stop ends the server, and a second stop finds nothing", async () => {
  await database("start");
  expect(await database("stop")).toBe("stopped");
  expect(await database("stop")).toBe("not running");
  expect(fs.existsSync(pidFile())).toBe(false);
});
