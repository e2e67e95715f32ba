#!/usr/bin/env node
// npm run bench -- web [--prompts N] [--tasks N] [--labels N] [--people N] [--seconds N] [--keep FOLDER]
// Measures the site with a project of a team's size: labelling by ten people without a pause and by all people at their own
// pace. Seeds an instance of its own in a new folder (or goes on with the one of --keep). Prints a table and JSON.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { seed } from "./bench-web/seed.mjs";
import { runningDatabaseUrl } from "./database.mjs";
import { ROOT } from "./settings.mjs";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "100000" },
    tasks: { type: "string", default: "100000" },
    labels: { type: "string", default: "1000000" },
    people: { type: "string", default: "200" },
    seconds: { type: "string", default: "30" },
    keep: { type: "string" },
  },
});
const number = (name) => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} must be a whole number of 1 or more, not "${values[name]}"`);
  return value;
};
const sizes = {
  prompts: number("prompts"),
  tasks: number("tasks"),
  labels: number("labels"),
  people: number("people"),
};
/** The page asks how far its person is after so many answers. */
const PROGRESS_EVERY = Number(process.env.PROGRESS_EVERY ?? 1);
const say = (line) => console.error(line);

const folder = values.keep ? path.resolve(values.keep) : fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-bench-"));
fs.mkdirSync(folder, { recursive: true });
fs.chmodSync(folder, 0o755); // the database's user must be able to pass through

const port = await new Promise((resolve) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const url = `http://127.0.0.1:${port}`;
const instance = spawn(process.execPath, [path.join(ROOT, "scripts/start.mjs")], {
  cwd: ROOT,
  env: {
    ...process.env,
    TUNELOOP_DATA: folder,
    PORT: String(port),
    TUNELOOP_DEFAULT_MODEL: "tiny",
    DATABASE_URL: "",
    NEXTAUTH_URL: "",
    NEXTAUTH_SECRET: "",
  },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await new Promise((resolve, reject) => {
    instance.stdout.on("data", (chunk) => /Tuneloop is ready/.test(chunk) && resolve());
    instance.once("exit", (code) => reject(new Error(`The instance ended with status ${code}.`)));
  });
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: runningDatabaseUrl(folder) });
  client.on("error", ({ message }) => say(`The connection to the database ended: ${message}`));
  await client.connect();
  const record = path.join(folder, "bench.json");
  if (!fs.existsSync(record)) {
    say(`Seeding ${sizes.prompts} prompts, ${sizes.tasks} tasks, ${sizes.labels} labels of ${sizes.people} people`);
    fs.writeFileSync(record, JSON.stringify(await seed(client, sizes, say)));
  }
  const project = JSON.parse(fs.readFileSync(record, "utf8"));
  const { encode } = await import("next-auth/jwt");
  const secret = fs.readFileSync(path.join(folder, "nextauth-secret"), "utf8").trim();
  const cookies = await Promise.all(
    project.people.map(
      async (userId) => `next-auth.session-token=${await encode({ token: { userId, sessionVersion: 1 }, secret })}`,
    ),
  );
  const results = [];
  for (const [name, people, pauseMs] of [
    ["10 people without a pause", 10, 0],
    [`${cookies.length} people, a label in 8 s each`, cookies.length, 8000],
  ]) {
    await annotators({ people: 10, seconds: 3, pauseMs: 0 }); // warms the site up
    const before = cpuOf();
    const result = await annotators({ people, seconds: number("seconds"), pauseMs });
    const after = cpuOf();
    results.push({
      name,
      ...result,
      siteCpuMsPerLabel: (1000 * (after.app - before.app)) / result.labels,
      databaseCpuMsPerLabel: (1000 * (after.database - before.database)) / result.labels,
    });
    table(results.at(-1));
  }
  const { rows } = await client.query(
    `SELECT count(*)::int AS over FROM (SELECT t."id" FROM "Task" t JOIN "LiveLabel" l ON l."taskId" = t."id" GROUP BY t."id" HAVING count(*) > max(t."requiredLabels")) x`,
  );
  say(`Tasks with more labels than they want: ${rows[0].over}`);
  await client.end();
  console.log(
    JSON.stringify(
      {
        date: new Date().toISOString().slice(0, 10),
        machine: `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} threads, Node ${process.versions.node}`,
        sizes,
        results,
        overlapViolations: rows[0].over,
      },
      null,
      1,
    ),
  );

  function annotators({ people, seconds, pauseMs }) {
    const input = JSON.stringify({
      url,
      slug: project.slug,
      cookies: cookies.slice(0, people),
      seconds,
      pauseMs,
      progressEvery: PROGRESS_EVERY,
    });
    const driver = spawn(process.execPath, [path.join(ROOT, "scripts/bench-web/annotators.mjs"), input], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    return new Promise((resolve, reject) => {
      let output = "";
      driver.stdout.on("data", (chunk) => {
        output += chunk;
      });
      driver.once("close", (code) =>
        code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`The driver ended with status ${code}.`)),
      );
    });
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  instance.kill("SIGTERM");
  await new Promise((resolve) => (instance.exitCode === null ? instance.once("exit", resolve) : resolve()));
  if (!values.keep) fs.rmSync(folder, { recursive: true, force: true });
}

/** The processor seconds that the site's process and all processes of the database have used so far (Linux). */
function cpuOf() {
  const { children } = JSON.parse(fs.readFileSync(path.join(folder, "instance.json"), "utf8"));
  const site = children.find(({ name }) => name === "app")?.pid;
  const used = { app: Number.NaN, database: 0 };
  if (process.platform !== "linux") return { app: Number.NaN, database: Number.NaN };
  for (const name of fs.readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      const command = fs.readFileSync(`/proc/${name}/cmdline`, "utf8");
      if (Number(name) === site) used.app = processorSeconds(name);
      else if (command.startsWith("postgres: tuneloop tuneloop")) used.database += processorSeconds(name);
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes(error.code)) throw error; // the process has ended meanwhile
    }
  }
  return used;
}

/** User and system time of a process, in ticks of 10 ms at the end of its line (proc_pid_stat(5)). */
function processorSeconds(pid) {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function table({
  name,
  labelsPerSecond,
  calls,
  errors,
  firstErrors,
  siteCpuMsPerLabel,
  databaseCpuMsPerLabel,
  driverCpuSeconds,
  seconds,
}) {
  say(`\n${name}: ${labelsPerSecond.toFixed(1)} labels/s, ${errors} errors ${firstErrors.join(" | ")}`);
  for (const [call, { count, p50, p95, p99, max }] of Object.entries(calls))
    if (count)
      say(
        `  ${call.padEnd(9)} ${String(count).padStart(6)} calls  p50 ${p50.toFixed(0)}  p95 ${p95.toFixed(0)}  p99 ${p99.toFixed(0)}  max ${max.toFixed(0)} ms`,
      );
  say(
    `  processor: site ${siteCpuMsPerLabel.toFixed(1)} ms a label, database ${databaseCpuMsPerLabel.toFixed(1)} ms a label, these people ${((100 * driverCpuSeconds) / seconds).toFixed(0)} % of a core`,
  );
}
