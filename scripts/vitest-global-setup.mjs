// One embedded PostgreSQL for a whole test run, with a template database that has the migrations applied.
// A test file makes its own database from it in a few ten milliseconds:
//   CREATE DATABASE <name> TEMPLATE <TEST_DATABASE_TEMPLATE>     sent to TEST_DATABASE_URL
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startDatabase, stopDatabase } from "./database.mjs";
import { migrate } from "./migrate.mjs";
import { isAlive } from "./processes.mjs";

const PREFIX = "tuneloop-tests-";
const TEMPLATE = "tuneloop_template";
// No data survives a test run, so PostgreSQL need not wait for the disk.
const FLAGS = [
  "-c fsync=off",
  "-c synchronous_commit=off",
  "-c full_page_writes=off",
  "-c max_connections=200",
  "-c shared_buffers=64MB",
];

/** Clears the server and folder that an earlier, killed test run left behind. */
async function clearLeftovers() {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = Number(/^tuneloop-tests-(\d+)-/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await remove(path.join(os.tmpdir(), name));
  }
}

async function remove(dataDir) {
  await stopDatabase({ dataDir });
  fs.rmSync(dataDir, { recursive: true, force: true });
}

/** Whether any of the files named on the command line needs the database; the others need not wait for it. */
const needsDatabase = (patterns) =>
  !patterns?.length || patterns.some((pattern) => !/^(\.\/)?(domain|trainer)\//.test(pattern));

export default async function setup(project) {
  if (!needsDatabase(project.vitest.filenamePattern)) return undefined;
  await clearLeftovers();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  fs.chmodSync(dataDir, 0o755); // the server's user must be able to pass through
  const server = await startDatabase({ dataDir, database: TEMPLATE, flags: FLAGS });
  await migrate(server.url);
  process.env.TEST_DATABASE_URL = server.adminUrl; // the forked workers inherit both variables
  process.env.TEST_DATABASE_TEMPLATE = TEMPLATE;
  return () => remove(dataDir);
}
