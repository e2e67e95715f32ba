#!/usr/bin/env node
// npm run export -- PROJECT FILE [--version N] [--out PATH]: writes a file of labels, tasks or records without the site.
import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT, readSettings } from "./settings.mjs";
import { reportFailure, setUpDatabase } from "./setup.mjs";

/** Runs the command on the instance's database, in the folder in which the person called npm. */
function exportFrom(url, dataDir) {
  const loader = pathToFileURL(path.join(ROOT, "node_modules/tsx/dist/loader.mjs")).href;
  const program = path.join(ROOT, "server/exports/export-command.ts");
  const called = process.env.npm_lifecycle_event === "export" && process.env.INIT_CWD;
  const child = spawn(process.execPath, ["--import", loader, program, ...process.argv.slice(2)], {
    stdio: "inherit",
    cwd: called || process.cwd(),
    env: {
      ...process.env,
      DATABASE_URL: url,
      TUNELOOP_DATA: dataDir,
      TSX_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json"),
    },
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
