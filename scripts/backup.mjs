#!/usr/bin/env node
// npm run backup [-- FILE.tar.gz]: puts database and files of the instance into one archive, even while the instance runs.
// Files are held still, then rows are read from one snapshot, then files are held still once more: a file that a row
// names was written before the row, so it is in the second look, or, where it was removed meanwhile, in the first.
import fs from "node:fs";
import path from "node:path";
import { readArchive, writeArchive } from "./archive.mjs";
import { dumpDatabase, tryLoading } from "./database-dump.mjs";
import { INSTANCE_FOLDERS, SECRET_FILE } from "./instance-files.mjs";
import { readSettings } from "./settings.mjs";
import { reportFailure, setUpDatabase } from "./setup.mjs";
import { step } from "./steps.mjs";

const stampOf = (date) => date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
const WORK = ".backup-";
/** No backup takes so long; another machine's may be at work here, so pids tell nothing. */
const DAY = 86_400_000;

/** Makes the folder of this backup in the data folder, where hard links are possible; removes those of killed ones. */
function makeWorkFolder(dataDir) {
  for (const name of fs.readdirSync(dataDir).filter((one) => one.startsWith(WORK))) {
    const place = path.join(dataDir, name);
    if (Date.now() - fs.statSync(place).mtimeMs > DAY) fs.rmSync(place, { recursive: true, force: true });
  }
  return fs.mkdtempSync(path.join(dataDir, WORK));
}

async function holdFiles(dataDir, work, files) {
  const { snapshotFolder } = await import("./snapshot-files.mjs");
  for (const name of INSTANCE_FOLDERS)
    snapshotFolder(path.join(dataDir, name), path.join(work, "files", name), name, files);
}

async function backup(target) {
  process.umask(0o077); // password hashes and the session secret are in the archive, from its first byte on
  if (!fs.existsSync(path.dirname(target))) throw new Error(`${path.dirname(target)}: there is no such folder`);
  const settings = readSettings();
  const { dataDir } = settings;
  const database = await setUpDatabase(settings);
  const work = makeWorkFolder(dataDir);
  try {
    const rows = path.join(work, "rows");
    fs.mkdirSync(rows);
    const files = new Map();
    const dump = await step(
      "Reading files and database",
      "see that the database runs: npm run database -- status",
      async () => {
        await holdFiles(dataDir, work, files);
        const read = await dumpDatabase(database.url, rows);
        await holdFiles(dataDir, work, files);
        return read;
      },
    );
    for (const table of Object.keys(dump.counts)) {
      const from = path.join(rows, `${table}.jsonl`);
      files.set(`rows/${table}.jsonl`, { from, bytes: fs.statSync(from).size });
    }
    const secret = path.join(dataDir, SECRET_FILE);
    if (fs.existsSync(secret)) files.set(SECRET_FILE, { from: secret, bytes: fs.statSync(secret).size });
    const manifest = { format: 2, made: new Date().toISOString(), ...dump };
    await step("Packing rows and files", `see that there is room in ${path.dirname(target)}`, (say) =>
      writeArchive(target, files, manifest, async (unfinished) => {
        say("reading the archive back, and loading its rows into a database for trial");
        const trial = path.join(work, "trial");
        await tryLoading(database.url, path.join(trial, "rows"), await readArchive(unfinished, trial), say);
      }),
    );
    const sum = Object.values(dump.counts).reduce((total, count) => total + count, 0);
    const bytes = fs.statSync(target).size;
    console.log(`Backup of ${sum} rows and ${files.size} files, checked, ${(bytes / 1e6).toFixed(1)} MB: ${target}`);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
    if (!database.reused) await database.stop();
  }
}

try {
  await backup(path.resolve(process.argv[2] ?? `tuneloop-backup-${stampOf(new Date())}.tar.gz`));
} catch (error) {
  reportFailure(error);
}
