#!/usr/bin/env node
// Sets up everything that an instance needs before it starts, and does only what is missing. The file uses Node alone,
// because it installs all other packages.
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { lockFile } from "./processes.mjs";
import { loadDotenv, ROOT, readSettings } from "./settings.mjs";
import { contentHash, isStamped, stamp } from "./stamps.mjs";
import { runCommand, StepError, seconds, step } from "./steps.mjs";

const REQUIRED_NODE = [20, 19];
const inRoot = (...names) => path.join(ROOT, ...names);
const readJson = (file) => JSON.parse(fs.readFileSync(file, "utf8"));

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > REQUIRED_NODE[0] || (major === REQUIRED_NODE[0] && minor >= REQUIRED_NODE[1])) return;
  throw new StepError(`Tuneloop needs Node ${REQUIRED_NODE.join(".")} or newer; this is ${process.versions.node}.`);
}

/** Compares npm's own record of node_modules with the lockfile; packages of other platforms may be absent. */
function dependenciesMatch() {
  const record = inRoot("node_modules", ".package-lock.json");
  if (!fs.existsSync(record)) return false;
  const wanted = readJson(inRoot("package-lock.json")).packages;
  const installed = readJson(record).packages;
  return Object.entries(wanted).every(([name, { version, optional, devOptional }]) => {
    if (name === "" || (!installed[name] && (optional || devOptional))) return true;
    return installed[name]?.version === version && fs.existsSync(inRoot(name));
  });
}

async function installDependencies() {
  if (dependenciesMatch()) return;
  await step(
    "Installing the dependencies of package-lock.json (npm ci, a minute or two)",
    "see npm's message above; most often the network or the registry is at fault. Then run the same command again.",
    async () => {
      try {
        await npm("ci", "--include=dev", "--loglevel=error", "--prefer-offline");
      } catch {
        await npm("ci", "--include=dev", "--loglevel=error"); // the cache may be out of date, or the network faltered
      }
    },
  );
}

/** Runs the npm that runs this script, else the one on the path. */
function npm(...args) {
  const running = process.env.npm_execpath;
  return running
    ? runCommand(process.execPath, [running, ...args], { cwd: ROOT })
    : runCommand("npm", args, { cwd: ROOT });
}

/**
 * Installs the engine's runtime. If it cannot be had, the trainer takes a slower backend and says so; that is no
 * failure.
 */
async function installTensorflow() {
  const { ensureTensorflow } = await import("./tensorflow.mjs");
  const start = performance.now();
  let said = false;
  await ensureTensorflow({
    log(line) {
      said = true;
      console.log(`▸ ${line}`);
    },
  });
  if (said) console.log(`  done in ${seconds(start)}`);
}

const prisma = () => inRoot("node_modules", "prisma", "build", "index.js");

async function generateClient() {
  const file = inRoot("generated", "client.stamp");
  const hash = contentHash(
    ["prisma/schema.prisma", "prisma.config.ts"],
    readJson(inRoot("node_modules/prisma/package.json")).version,
  );
  if (isStamped(file, hash) && fs.existsSync(inRoot("generated", "prisma"))) return;
  await step("Generating the Prisma client", "mend prisma/schema.prisma where the message says", () =>
    runCommand(process.execPath, [prisma(), "generate"], { cwd: ROOT }),
  );
  stamp(file, hash);
}

const BUILD_SOURCES = [
  ...["app", "domain", "server", "public", "prisma/schema.prisma", "proxy.ts", "instrumentation.ts"],
  ...["next.config.ts", "postcss.config.mjs", "tsconfig.json", "package-lock.json"],
];

async function buildSite() {
  const file = inRoot(".next", "tuneloop.stamp");
  const hash = contentHash(BUILD_SOURCES);
  if (isStamped(file, hash)) return;
  fs.rmSync(file, { force: true });
  await step(
    "Building the site (next build, about a minute)",
    "mend what the message names, then run the command again",
    () =>
      runCommand(process.execPath, [inRoot("node_modules/next/dist/bin/next"), "build"], {
        cwd: ROOT,
        env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      }),
  );
  stamp(file, hash);
}

/** Sets up dependencies, TensorFlow, the Prisma client and (unless `build` is false) the production build. */
export async function setUp({ build = true } = {}) {
  checkNode();
  loadDotenv();
  const name = createHash("sha256").update(ROOT).digest("hex").slice(0, 12);
  const unlock = await lockFile(path.join(os.tmpdir(), `tuneloop-setup-${name}.lock`), { timeout: 1_800_000 });
  try {
    await installDependencies();
    await installTensorflow();
    await generateClient();
    if (build) await buildSite();
  } finally {
    unlock();
  }
}

/**
 * Starts and migrates the database of the instance. `stop` and `revive` do nothing if DATABASE_URL names another
 * server's database.
 */
export async function setUpDatabase(settings) {
  const { rotateServerLog, runningDatabaseUrl, startDatabase, stopDatabase } = await import("./database.mjs");
  const { migrate } = await import("./migrate.mjs");
  const { closeDataFolder } = await import("./private-folder.mjs");
  const { dataDir, databasePort } = settings;
  if (settings.databaseUrl) closeDataFolder(dataDir); // with an embedded database it is closed where that is found
  const own = settings.databaseUrl ? undefined : await startDatabase({ dataDir, port: databasePort });
  const stop = async () => own && (await stopDatabase({ dataDir }));
  const url = settings.databaseUrl ?? own.url;
  try {
    const names = await migrate(url);
    if (names.length)
      console.log(`▸ Database: applied ${names.length === 1 ? names[0] : `${names.length} migrations`}`);
  } catch (cause) {
    if (!own?.reused) await stop();
    const where = settings.databaseUrl ? "check DATABASE_URL and that its server is up" : `see ${dataDir}`;
    throw new StepError(`The database could not be prepared: ${cause.message}\n\nWhat to do: ${where}`, { cause });
  }
  /** Starts a killed server again, on the port that the other processes know. Looks after its log as well. */
  const revive = async () => {
    if (own) rotateServerLog(dataDir);
    if (!own || runningDatabaseUrl(dataDir)) return;
    console.log("▸ The database has ended unexpectedly; starting it again");
    const { port } = await startDatabase({ dataDir, port: own.port });
    if (port !== own.port)
      throw new StepError(`The database's port ${own.port} was taken in between. Start Tuneloop again.`);
  };
  return { url, reused: own?.reused ?? true, stop, revive };
}

/** Prints an error as a person should see it, and sets the exit status. */
export function reportFailure(error) {
  console.error(error instanceof StepError ? `\n${error.message}` : error);
  process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    await setUp();
    const database = await setUpDatabase(readSettings());
    if (!database.reused) await database.stop();
    console.log("Everything is set up. Start it with: npm start");
  } catch (error) {
    reportFailure(error);
  }
}
