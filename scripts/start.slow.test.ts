import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

/** Tests npm start under chaos: kill -9 of any part, of all of it, and an orderly end. Needs a production build. */
const root = path.resolve(import.meta.dirname, "..");
let dataFolder: string;
let port: number;
let started: { child: ChildProcess; output: string }[];

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as net.AddressInfo;
  server.close();
  return address.port;
}

function spawnStart() {
  const env = { ...process.env, TUNELOOP_DATA: dataFolder, PORT: String(port), TUNELOOP_DEFAULT_MODEL: "tiny" };
  Reflect.deleteProperty(env, "DATABASE_URL");
  const child = spawn(process.execPath, ["scripts/start.mjs"], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const run = { child, output: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      run.output += chunk.toString();
    });
  started.push(run);
  return run;
}

/** Resolves once the output matches; rejects if the process ends before. */
function until(run: ReturnType<typeof spawnStart>, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => pattern.test(run.output) && resolve();
    run.child.stdout?.on("data", look);
    run.child.once("exit", () => (pattern.test(run.output) ? resolve() : reject(new Error(run.output))));
    look();
  });
}

async function startInstance() {
  const run = spawnStart();
  await until(run, /Tuneloop is ready/);
  return run;
}

interface InstanceRecord {
  pid: number;
  children: { name: string; pid: number }[];
}
const record = () => JSON.parse(fs.readFileSync(path.join(dataFolder, "instance.json"), "utf8")) as InstanceRecord;
const pidOf = (name: string) => record().children.find((child) => child.name === name)?.pid as number;
const databasePid = () =>
  Number(fs.readFileSync(path.join(dataFolder, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
/** The status of the health page, which is 200 only if the trainer is there too. */
const health = () =>
  fetch(`http://127.0.0.1:${port}/api/health`).then(
    ({ status }) => status,
    () => 0,
  );
const untilWell = () => expect.poll(health, { timeout: 60_000 }).toBe(200);

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
const allPids = () => [record().pid, ...record().children.map(({ pid }) => pid), databasePid()];

beforeEach(async () => {
  started = [];
  dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-start-"));
  fs.chmodSync(dataFolder, 0o755);
  port = await freePort();
});
afterEach(async () => {
  for (const { child } of started)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  fs.rmSync(dataFolder, { recursive: true });
});

test("SIGINT ends the app, the workers and the database, and leaves no orphan", async () => {
  const run = await startInstance();
  await untilWell();
  const pids = allPids();
  run.child.kill("SIGINT");
  const [status] = await once(run.child, "exit");
  expect(status).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
});

test("a second start on the same data folder is refused and harms nothing", async () => {
  await startInstance();
  const second = spawnStart();
  const [status] = await once(second.child, "exit");
  expect(status).toBe(1);
  expect(second.output).toContain("already runs");
  await untilWell();
});

test.each(["app", "training", "generation"])("kill -9 of %s: it is started again", async (name) => {
  const run = await startInstance();
  const pid = pidOf(name);
  const before = run.output.length;
  process.kill(pid, "SIGKILL");
  await expect
    .poll(() => record().children.find((child) => child.name === name)?.pid ?? pid, { timeout: 30_000 })
    .not.toBe(pid);
  expect(run.output.slice(before)).toContain("ended unexpectedly (SIGKILL)");
  await untilWell();
});

test("kill -9 of the database: it is started again", async () => {
  const run = await startInstance();
  process.kill(databasePid(), "SIGKILL");
  await until(run, /starting it again/);
  await expect.poll(() => isAlive(databasePid()), { timeout: 30_000 }).toBe(true);
  await untilWell();
});

test("kill -9 of the start script: its children end, and the next start recovers", async () => {
  const { child } = await startInstance();
  const children = record().children.map(({ pid }) => pid);
  child.kill("SIGKILL");
  await expect.poll(() => children.filter(isAlive), { timeout: 30_000 }).toEqual([]);
  await startInstance();
  await untilWell();
});

test("kill -9 of everything at once: the next start recovers", async () => {
  await startInstance();
  for (const pid of allPids()) process.kill(pid, "SIGKILL");
  await startInstance();
  await untilWell();
});

/** Whether this machine lets a test start a process in namespaces of its own, as a container does. */
const unshared = ["--pid", "--net", "--uts", "--ipc", "--fork", "--mount-proc"];
const canUnshare = spawnSync("unshare", [...unshared, "true"]).status === 0;

test("a second start on the same data folder is refused, ten times in this container and ten times in another", async () => {
  const first = await startInstance();
  const again = (command: string, args: string[]) => {
    const env = { ...process.env, TUNELOOP_DATA: dataFolder, PORT: "39999", DATABASE_URL: "" };
    const { status, stdout, stderr } = spawnSync(command, [...args, process.execPath, "scripts/start.mjs"], {
      cwd: root,
      env,
      encoding: "utf8",
    });
    return { status, said: `${stdout}${stderr}` };
  };
  for (let turn = 0; turn < 10; turn++) {
    const { status, said } = again("env", []);
    expect([status, said]).toEqual([1, expect.stringContaining("already runs on this data folder")]);
  }
  if (canUnshare)
    for (let turn = 0; turn < 10; turn++) {
      const { status, said } = again("unshare", unshared);
      expect([status, said]).toEqual([
        1,
        expect.stringContaining("is in use on another machine or in another container"),
      ]);
    }
  else console.log("Starts in other namespaces were not tried: this machine does not let a process unshare them.");
  expect(first.child.exitCode).toBeNull();
  await untilWell();
});

test("a data folder whose container was killed is taken over once nobody writes its claim any more", async () => {
  const first = await startInstance();
  const claims = ["instance.claim", "database.claim"].map((name) => path.join(dataFolder, name));
  const held = claims.map((file) => fs.readFileSync(file, "utf8"));
  first.child.kill("SIGTERM");
  await once(first.child, "exit");
  // The files are left as a killed container leaves them: with a holder whose pid means nothing here.
  for (const [place, file] of claims.entries())
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(held[place] ?? "{}"), place: "another/container" }));
  const second = await startInstance();
  expect(second.output).toContain("It is not, so the start goes on");
  await untilWell();
});
