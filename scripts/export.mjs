#!/usr/bin/env node
// npm run export -- PROJECT FILE [--version N] [--out PATH]: writes a file of labels, tasks or records without the site.
import { runTypescript } from "./run-typescript.mjs";
import { readSettings } from "./settings.mjs";
import { reportFailure, setUpDatabase } from "./setup.mjs";

/** Runs the command on the instance's database and resolves with its exit status. */
function exportFrom(url, dataDir) {
  const child = runTypescript("server/exports/export-command.ts", process.argv.slice(2), {
    npmScripts: ["export"],
    env: { DATABASE_URL: url, TUNELOOP_DATA: dataDir },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

try {
  const settings = readSettings();
  const database = await setUpDatabase(settings);
  try {
    process.exitCode = await exportFrom(database.url, settings.dataDir);
  } finally {
    if (!database.reused) await database.stop();
  }
} catch (error) {
  reportFailure(error);
}
