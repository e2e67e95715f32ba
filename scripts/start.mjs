#!/usr/bin/env node
// npm start: sets up what is missing, starts the database, the app and the trainer, and keeps them running until
// Ctrl-C.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { Child, endOrphans } from "./children.mjs";
import { takeClaim } from "./claim.mjs";
import { isAlive, lockFile, sleep, startTime } from "./processes.mjs";
import { ROOT, readSettings } from "./settings.mjs";
import { reportFailure, setUp, setUpDatabase } from "./setup.mjs";
import { runCommand, StepError, seconds } from "./steps.mjs";

const begun = performance.now();
const dev = process.argv.includes("--dev");
const inRoot = (name) => path.join(ROOT, name);

/** Takes the data folder for this start: refuses a second start, and clears up after a killed one. */
async function takeInstance(settings) {
  const file = path.join(settings.dataDir, "instance.json");
  const unlock = await lockFile(`${file}.lock`);
  try {
    const last = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
    if (last) {
      if (isAlive(last.pid) && startTime(last.pid) === last.startTime)
        throw new StepError(
          `Tuneloop already runs on this data folder: ${last.url} (process ${last.pid}).\n\n` +
            "What to do: use that one, or end it first; TUNELOOP_DATA and PORT give a second instance its own place.",
        );
    }
    const claim = await takeClaim(path.join(settings.dataDir, "instance.claim"), {
      what: `The data folder ${settings.dataDir}`,
      onLost({ host, since }) {
        console.error(`\nAnother machine or container has taken this data folder over: ${host}, since ${since}.`);
        stop(1);
      },
    });
    // The pids of another container would be those of strangers here.
    if (last && !claim.wasElsewhere) await endOrphans(last.children);
    const write = (children) => {
      const record = { pid: process.pid, startTime: startTime(process.pid), url: settings.url, children };
      fs.writeFileSync(`${file}.new`, JSON.stringify(record));
      fs.renameSync(`${file}.new`, file);
    };
    write([]);
    const release = async () => {
      fs.rmSync(file, { force: true });
      await claim.release();
    };
    return { write, release };
  } finally {
    unlock();
  }
}

async function checkPort({ host, port }) {
  const taken = await new Promise((resolve) => {
    const server = net.createServer().once("error", (error) => resolve(error.code));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (taken === "EADDRINUSE")
    throw new StepError(`Port ${port} is taken by another program.\n\nWhat to do: PORT=${port + 1} npm start`);
  if (taken)
    throw new StepError(
      `Cannot listen on ${host}:${port} (${taken}).\n\nWhat to do: choose other values for HOST and PORT.`,
    );
}

function processes(env) {
  const site = dev
    ? [inRoot("node_modules/next/dist/bin/next"), "dev", "-H", env.HOST, "-p", env.PORT]
    : [inRoot("scripts/serve-site.mjs")];
  const tsx = import.meta.resolve("tsx");
  const children = [
    {
      name: "app",
      args: site,
      env,
      grace: 4000, // live connections to pages would delay the end for ever
    },
  ];
  // Training blocks its process, so another one generates what people wait for. Each worker is told its role.
  for (const role of ["training", "generation"]) {
    const args = ["--import", tsx, inRoot("trainer/worker.ts"), role];
    children.push({ name: role, args, env });
  }
  return children;
}

/** Waits until the site answers and reaches the database; the trainer may still be loading. */
async function untilReachable({ host, port }, app) {
  const address = `http://${/^(0\.0\.0\.0|::)$/.test(host) ? "127.0.0.1" : host}:${port}/api/health`;
  for (;;) {
    try {
      const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(30_000) });
      if ((await answer.json()).checks.database.ok) return;
    } catch (error) {
      // The app does not listen yet, is slow to wake, or another program answered.
      if (!["TypeError", "TimeoutError", "SyntaxError"].includes(error.name)) throw error;
    }
    if (app.failures >= 4) throw new StepError("The app does not start; its messages are above.");
    await sleep(100);
  }
}

/** The one-time address where the admin is created on a first run, else "". */
async function setupAddress(env) {
  const file = inRoot("server/access/print-setup-token.ts");
  const output = await runCommand(process.execPath, ["--import", import.meta.resolve("tsx"), file], { cwd: ROOT, env });
  return output.trim();
}

const children = [];
let database;
let instance;
let stopping = 0; // the time when the end was asked for

async function stop(status) {
  if (stopping) {
    // Ctrl-C under npm comes twice, from the terminal and from npm; only a later one is a person's second Ctrl-C.
    if (performance.now() - stopping < 1000) return;
    for (const child of children) await child.stop({ grace: 0 }); // a person asked twice, so nothing is waited for
    return;
  }
  stopping = performance.now();
  if (children.length) console.log("\nStopping …");
  await Promise.all(children.map((child) => child.stop()));
  await database?.stop();
  await instance?.release();
  process.exit(status);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(0));

try {
  await setUp({ build: !dev });
  const settings = readSettings();
  instance = await takeInstance(settings);
  await checkPort(settings);
  database = await setUpDatabase(settings);
  const mode = dev ? "development" : "production";
  const env = { ...settings.environment, DATABASE_URL: database.url, NODE_ENV: mode };
  const firstRun = setupAddress(env);
  const record = () => !stopping && instance.write(children.flatMap((child) => child.record() ?? []));
  for (const options of processes(env)) children.push(new Child({ ...options, onChange: record }));
  for (const child of children) child.start();
  const [address] = await Promise.all([firstRun, untilReachable(settings, children[0])]);
  console.log(`\n  Tuneloop is ready: ${settings.url}   (${seconds(begun)}; Ctrl-C stops it)`);
  if (address) console.log(`  First run: create the admin at ${address}`);
  console.log("");
  while (!stopping) {
    await sleep(3000);
    if (!stopping) await database.revive();
  }
} catch (error) {
  if (!stopping) {
    reportFailure(error);
    await stop(1);
  }
}
