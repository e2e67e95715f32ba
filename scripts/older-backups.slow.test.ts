import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDatabase, stopDatabase } from "./database.mjs";
import { dumpDatabase, loadDatabase } from "./database-dump.mjs";
import { knownMigrations, migrate } from "./migrate.mjs";
import { fillEveryTable } from "./testing/fill-every-table.mjs";

let folder: string;
let adminUrl: string;
const urlOf = (name: string) => Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-older-"));
  fs.chmodSync(folder, 0o755);
  ({ adminUrl } = await startDatabase({ dataDir: folder, flags: ["-c fsync=off"] }));
});
afterAll(async () => {
  await stopDatabase({ dataDir: folder });
  fs.rmSync(folder, { recursive: true });
});

async function sql(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

/** All rows of a database, by table, each table's in one order. */
async function rowsOf(url: string, name: string) {
  const place = path.join(folder, name);
  fs.mkdirSync(place);
  const manifest = await dumpDatabase(url, place);
  const tables = Object.keys(manifest.counts).map((table) => {
    const lines = fs
      .readFileSync(path.join(place, `${table}.jsonl`), "utf8")
      .trim()
      .split("\n");
    return [table, lines.sort()];
  });
  return { manifest, place, tables: Object.fromEntries(tables) as Record<string, string[]> };
}

/** The restored rows are compared with those of a database that lived through the same migrations. */
test.each(knownMigrations().map((name, index) => ({ name, index })))("a backup of $name", async ({ index }) => {
  const old = `old_${index}`;
  await sql(`CREATE DATABASE ${old}`);
  await migrate(urlOf(old), { only: knownMigrations().slice(0, index + 1) });
  const left = await fillEveryTable(urlOf(old));
  expect(left, "tables without a row").toEqual([]);
  const backup = await rowsOf(urlOf(old), old);
  expect(backup.manifest.migrations).toHaveLength(index + 1);
  await migrate(urlOf(old));

  const restored = `new_${index}`;
  await sql(`CREATE DATABASE ${restored}`);
  await migrate(urlOf(restored));
  await loadDatabase(urlOf(restored), backup.place, backup.manifest);
  const [wanted, found] = [await rowsOf(urlOf(old), `${old}-now`), await rowsOf(urlOf(restored), restored)];
  expect(found.tables).toEqual(wanted.tables);
  expect(found.manifest.migrations).toEqual(knownMigrations());
});

test("a backup of a newer version is refused before anything is changed", async () => {
  await sql("CREATE DATABASE refusing");
  await migrate(urlOf("refusing"));
  const newer = { migrations: [...knownMigrations(), "29991231000000_future"], counts: {} };
  await expect(loadDatabase(urlOf("refusing"), folder, newer)).rejects.toThrow(
    /from a newer Tuneloop.*Update Tuneloop/,
  );
});
