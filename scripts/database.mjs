#!/usr/bin/env node
// The embedded PostgreSQL of an instance: npm run database -- start | stop | status | url
// The server is a daemon that whoever started it has to stop. Several starts at once are safe; the server recovers
// after kill -9.
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { holderHere, refuseForeignHolder } from "./claim.mjs";
import { postgresFolder, reachable, serverUser } from "./postgres-binaries.mjs";
import { closeDataFolder, makeOurs } from "./private-folder.mjs";
import { commandLine, ended, isAlive, lockFile, sleep } from "./processes.mjs";
import { rotateLog } from "./rotate-log.mjs";

const USER = "tuneloop";
export const DATABASE = "tuneloop";

/**
 * The folder of the database of the instance in `dataDir`: inside it, or, if the scripts run as root and the server's
 * user can't get there, in a folder of /var/tmp named after it (a note in `dataDir` says so). Where it once was, it stays.
 */
export function databaseFolder(dataDir) {
  const root = path.resolve(dataDir);
  closeDataFolder(root, serverUser);
  const inside = path.join(root, "postgres");
  if (fs.existsSync(inside)) return inside;
  const elsewhere = `/var/tmp/tuneloop-${createHash("sha256").update(root).digest("hex").slice(0, 12)}/postgres`;
  if (reachable(root) && !(serverUser && fs.existsSync(elsewhere))) return inside;
  makeOurs(path.dirname(elsewhere));
  const note = path.join(root, "postgres-is-in.txt");
  if (!fs.existsSync(note)) fs.writeFileSync(note, `${elsewhere}\n`);
  return elsewhere;
}

/**
 * Finds the running server of `folder` and checks that it is alive and belongs to the folder: pid, port and whether it
 * accepts connections.
 */
function runningServer(folder) {
  let lines;
  try {
    lines = fs.readFileSync(path.join(folder, "postmaster.pid"), "utf8").split("\n");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!isAlive(pid)) return undefined;
  const command = commandLine(pid);
  // The pid is another process's now.
  if (command && !(command.includes("postgres") && command.includes(folder))) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? "").trim() };
}

const password = (folder) => fs.readFileSync(path.join(folder, "tuneloop.password"), "utf8").trim();
const urlOf = (folder, port, database) => `postgresql://${USER}:${password(folder)}@127.0.0.1:${port}/${database}`;

/** The URL of the instance's database if its server is up, else undefined. */
export function runningDatabaseUrl(dataDir) {
  const folder = databaseFolder(dataDir);
  const server = runningServer(folder);
  return server && urlOf(folder, server.port, DATABASE);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Runs a program of PostgreSQL. Its output goes through a file, because the daemon would keep a pipe open. */
function runProgram(name, args) {
  const log = path.join(os.tmpdir(), `tuneloop-${name}-${process.pid}-${randomBytes(4).toString("hex")}.txt`);
  const output = fs.openSync(log, "w");
  try {
    const result = spawnSync(path.join(postgresFolder(), "bin", name), args, {
      ...serverUser,
      cwd: "/",
      stdio: ["ignore", output, output],
      env: { ...process.env, LC_ALL: "C" },
    });
    if (result.status === 0) return;
    throw new Error(
      `${name} failed (${result.error?.message ?? result.status}): ${fs.readFileSync(log, "utf8").trim()}`,
    );
  } finally {
    fs.closeSync(output);
    fs.rmSync(log, { force: true });
  }
}

const give = (file) => serverUser && fs.chownSync(file, serverUser.uid, serverUser.gid);

/** Makes the database folder under another name and renames it, so that a database folder is never half-made. */
function initialise(folder) {
  const half = `${folder}.new-${process.pid}`;
  const passwordFile = `${half}.password`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.mkdirSync(half, { mode: 0o700 });
  fs.writeFileSync(passwordFile, randomBytes(18).toString("base64url"), { mode: 0o600 });
  give(half);
  give(passwordFile);
  runProgram("initdb", [
    `--pgdata=${half}`,
    "--auth=scram-sha-256",
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-instructions",
  ]);
  fs.renameSync(passwordFile, path.join(half, "tuneloop.password"));
  fs.renameSync(half, folder);
}

const MEGABYTE = 2 ** 20;

/**
 * PostgreSQL's own defaults are for a machine of twenty years ago. A quarter of the memory is kept for pages, up to 1 GB,
 * since the trainer needs the rest; a page of a solid disk costs the same wherever it lies; and on few cores it takes longer
 * to start helping processes, or to compile a query, than to answer it.
 */
function settingsForThisMachine() {
  const memory = Math.min(os.totalmem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY);
  const megabytes = (share, most) => `${Math.round(Math.min(most, (memory * share) / MEGABYTE))}MB`;
  return [
    `-c shared_buffers=${megabytes(0.25, 1024)}`,
    `-c effective_cache_size=${megabytes(0.5, 65_536)}`,
    `-c maintenance_work_mem=${megabytes(0.05, 256)}`,
    "-c work_mem=16MB",
    "-c random_page_cost=1.1",
    "-c jit=off",
    `-c max_parallel_workers_per_gather=${os.cpus().length >= 8 ? 2 : 0}`,
    "-c max_wal_size=2GB",
    "-c wal_compression=on",
  ];
}

async function startServer(folder, options) {
  let failure;
  for (let attempt = 0; attempt < 10; attempt++) {
    const port = attempt === 0 && options.port ? options.port : await freePort();
    const settings = [
      `-p ${port}`,
      "-c listen_addresses=127.0.0.1",
      "-c unix_socket_directories=''",
      ...settingsForThisMachine(),
      ...(options.flags ?? []), // a later setting of the same name wins
    ];
    const log = path.join(folder, "server.log");
    const before = fs.existsSync(log) ? fs.statSync(log).size : 0;
    try {
      runProgram("pg_ctl", ["start", "-w", "-t", "60", "-D", folder, "-l", log, "-o", settings.join(" ")]);
      return runningServer(folder);
    } catch (error) {
      const said = fs.existsSync(log) ? fs.readFileSync(log, "utf8").slice(before) : "";
      failure = new Error(`the database did not start; ${log} says:\n${said.trim() || error.message}`, {
        cause: error,
      });
      // Two problems pass by themselves: another program took the port in between, or the backends of a killed server
      // still end.
      if (!/could not bind|in use|shared memory/i.test(said)) throw failure;
      if (/shared memory/i.test(said)) await sleep(300);
    }
  }
  throw failure;
}

async function connect(url) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function createIfMissing(url, database) {
  const client = await connect(url);
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

const claimOf = (folder) => path.join(path.dirname(folder), "database.claim");

/** Starts the process that holds the claim of a running server's folder, unless there is one. */
async function keep(folder, pid) {
  const keeperOf = () => holderHere(claimOf(folder))?.subject;
  while (keeperOf() !== undefined && keeperOf() !== pid) await sleep(20); // that of a killed server is ending
  if (keeperOf() === pid) return;
  const program = fileURLToPath(new URL("./keep-database.mjs", import.meta.url));
  const keeper = spawn(process.execPath, [program, folder, String(pid)], { detached: true, stdio: "ignore", cwd: "/" });
  let status;
  keeper.once("exit", (code) => {
    status = code;
  });
  while (keeperOf() !== pid) {
    if (status !== undefined) throw new Error(`the claim of ${folder} could not be taken (status ${status})`);
    await sleep(20);
  }
  keeper.unref();
}

/**
 * Starts the server of `dataDir` (or finds it running) and makes the database.
 * `port` is a wish: if another program has it, a free one is taken. `flags` are extra `-c name=value`.
 * @returns {Promise<{url: string, adminUrl: string, port: number, pid: number, fresh: boolean, reused: boolean}>}
 */
export async function startDatabase({ dataDir, port, flags, database = DATABASE }) {
  const folder = databaseFolder(dataDir);
  const unlock = await lockFile(`${folder}.lock`);
  try {
    const fresh = !fs.existsSync(path.join(folder, "PG_VERSION"));
    let server = fresh ? undefined : runningServer(folder);
    if (server?.status === "stopping" && (await ended(server.pid, 60_000))) server = undefined;
    for (let waited = 0; server && server.status !== "ready" && waited < 600; waited++) {
      await sleep(100); // another process started it and then died: wait until the server has recovered its files
      server = runningServer(folder);
    }
    const reused = server !== undefined;
    if (!server) {
      await refuseForeignHolder(claimOf(folder), "The database's folder");
      if (fresh) initialise(folder);
      fs.rmSync(path.join(folder, "postmaster.pid"), { force: true }); // the file is stale or missing
      server = await startServer(folder, { port, flags });
    }
    await keep(folder, server.pid);
    const adminUrl = urlOf(folder, server.port, "postgres");
    await createIfMissing(adminUrl, database);
    return { url: urlOf(folder, server.port, database), adminUrl, port: server.port, pid: server.pid, fresh, reused };
  } finally {
    unlock();
  }
}

/** Keeps the server's log from growing without end. */
export const rotateServerLog = (dataDir) => rotateLog(path.join(databaseFolder(dataDir), "server.log"));

/** Stops the server of `dataDir`; returns false if none ran. */
export async function stopDatabase({ dataDir }) {
  const folder = databaseFolder(dataDir);
  const unlock = await lockFile(`${folder}.lock`);
  try {
    if (!runningServer(folder)) return false;
    runProgram("pg_ctl", ["stop", "-m", "fast", "-w", "-t", "60", "-D", folder]);
    // The process that stands beside the server ends with it; until then it may still write beside the folder.
    for (let waited = 0; holderHere(claimOf(folder)) && waited < 500; waited++) await sleep(10);
    return true;
  } finally {
    unlock();
  }
}

async function main(command) {
  const dataDir = process.env.TUNELOOP_DATA ?? "data";
  if (command === "start") {
    const { url, reused } = await startDatabase({
      dataDir,
      port: Number(process.env.TUNELOOP_DATABASE_PORT) || undefined,
    });
    console.error(reused ? "already running" : "started");
    console.log(url);
  } else if (command === "stop") {
    console.log((await stopDatabase({ dataDir })) ? "stopped" : "not running");
  } else if (command === "status" || command === "url") {
    const url = runningDatabaseUrl(dataDir);
    if (command === "url" && url) console.log(url);
    else console.log(url ? `running on 127.0.0.1:${new URL(url).port}` : "not running");
    if (!url) process.exitCode = 1;
  } else {
    console.error("usage: npm run database -- start | stop | status | url");
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href)
  await main(process.argv[2]);
