#!/usr/bin/env node
// npm run backup [-- FILE.tar.gz]: puts database and files of the instance into one archive, even while the instance
// runs. Rows are read first: a file that a row names was written before the row, so the archive may hold files without
// a row, but no row without its files.
import fs from "node:fs";
import path from "node:path";
import { dumpDatabase } from "./database-dump.mjs";
import { INSTANCE_FOLDERS, SECRET_FILE } from "./instance-files.mjs";
import { readSettings } from "./settings.mjs";
import { reportFailure, setUpDatabase } from "./setup.mjs";
import { runCommand, step } from "./steps.mjs";

const stampOf = (date) => date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");

async function backup(target) {
  process.umask(0o077); // password hashes and the session secret are in the archive, from its first byte on
  const settings = readSettings();
  const database = await setUpDatabase(settings);
  const work = fs.mkdtempSync(path.join(path.dirname(target), ".tuneloop-backup-"));
  try {
    const rows = path.join(work, "rows");
    fs.mkdirSync(rows);
    const dump = await step("Reading the database", "see that it runs: npm run database -- status", () =>
      dumpDatabase(database.url, rows),
    );
    const manifest = { format: 1, made: new Date().toISOString(), ...dump };
    fs.writeFileSync(path.join(work, "manifest.json"), JSON.stringify(manifest, null, 2));
    const files = [...INSTANCE_FOLDERS, SECRET_FILE].filter((name) => fs.existsSync(path.join(settings.dataDir, name)));
    const unfinished = `${target}.new`;
    await step("Packing rows and files", `see that there is room beside ${target}`, () =>
      runCommand("tar", [
        ...["--create", "--gzip", "--file", unfinished],
        ...["--directory", work, "manifest.json", "rows"],
        ...["--directory", settings.dataDir, ...files],
      ]),
    );
    fs.renameSync(unfinished, target);
    const sum = Object.values(dump.counts).reduce((total, count) => total + count, 0);
    console.log(`Backup of ${sum} rows and ${files.join(", ")}: ${target}`);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
    fs.rmSync(`${target}.new`, { force: true });
    if (!database.reused) await database.stop();
  }
}

try {
  await backup(path.resolve(process.argv[2] ?? `tuneloop-backup-${stampOf(new Date())}.tar.gz`));
} catch (error) {
  reportFailure(error);
}
