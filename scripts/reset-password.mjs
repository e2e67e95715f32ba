#!/usr/bin/env node
// npm run reset-password [-- EMAIL]: prints a link by which the instance's admin (or whoever has that address) sets a new
// password. Whoever may run it can read the database anyway.
import { runTypescript } from "./run-typescript.mjs";
import { readSettings } from "./settings.mjs";
import { reportFailure, setUpDatabase } from "./setup.mjs";

try {
  const settings = readSettings();
  const database = await setUpDatabase(settings);
  try {
    const child = runTypescript("server/access/reset-command.ts", process.argv.slice(2), {
      npmScripts: ["reset-password"],
      env: { ...settings.environment, DATABASE_URL: database.url },
    });
    process.exitCode = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    if (!database.reused) await database.stop();
  }
} catch (error) {
  reportFailure(error);
}
