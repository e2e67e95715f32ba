import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import { openDatabase, startSite } from "./instance";
import { measureLabelling } from "./measure-labelling";
import { formatMeasured } from "./report";
import { seed } from "./seed";

interface Options {
  prompts: number;
  tasks: number;
  labels: number;
  people: number;
  seconds: number;
  data?: string;
  port: number;
  json?: string;
  seedOnly?: boolean;
}

const whole = (text: string) => {
  const number = Number(text.replaceAll("_", ""));
  if (!Number.isInteger(number) || number < 1) throw new Error(`"${text}" is no whole number above 0`);
  return number;
};

/**
 * `npm run bench -- web`: seeds an instance of its own, starts the site as `npm start` does, lets people label, and prints what
 * they waited for. A further measurement is a function beside `measureLabelling`, called in `run` below.
 */
const program = new Command("bench web")
  .description(
    "Measures the site under load. The load comes from this process and shares the machine with the site and PostgreSQL; the report names what it took.",
  )
  .option("--prompts <n>", "prompts to seed", whole, 100_000)
  .option("--tasks <n>", "tasks to seed, all of them open", whole, 100_000)
  .option("--labels <n>", "labels to seed", whole, 1_000_000)
  .option("--people <n>", "annotators", whole, 200)
  .option("--seconds <n>", "length of each measurement", whole, 60)
  .option(
    "--data <folder>",
    "data folder; one that is seeded already is used again (default: a new one, removed at the end)",
  )
  .option("--port <n>", "port of the site", whole, 4321)
  .option("--json <file>", "write the figures as JSON, too")
  .option("--seed-only", "seed the folder and end")
  .action(run);

async function run(options: Options): Promise<void> {
  const { prompts, tasks, labels, people, seconds } = options;
  const dataDir = path.resolve(options.data ?? fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-bench-")));
  fs.mkdirSync(dataDir, { recursive: true });
  fs.chmodSync(dataDir, 0o755); // the database's user must be able to pass through
  const say = (line: string) => console.error(line);
  const database = await openDatabase(dataDir);
  const seeded = await seed(database.url, { prompts, tasks, labels, people }, say);
  if (options.seedOnly) {
    say(`${dataDir} is seeded; its database runs until: TUNELOOP_DATA=${dataDir} npm run database -- stop`);
    return;
  }
  const instance = await startSite(dataDir, options.port, database);
  try {
    const measured = [];
    for (const load of [
      { title: "10 annotators without a pause", annotators: Math.min(10, people), seconds, every: 0 },
      { title: `${people} annotators, each a label in 8 s`, annotators: people, seconds, every: 8_000 },
    ]) {
      const result = await measureLabelling(instance, seeded, load);
      console.log(formatMeasured(result));
      measured.push(result);
    }
    const report = {
      date: new Date().toISOString(),
      machine: machine(),
      sizes: { prompts, tasks, labels, people },
      measured,
    };
    if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await instance.stop();
    if (options.data === undefined) fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

const machine = () =>
  `${os.cpus()[0]?.model ?? "?"}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;

await program.parseAsync();
