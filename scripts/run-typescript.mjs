// Runs a TypeScript program of this project with Node and tsx.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const LOADER = path.join(ROOT, "node_modules/tsx/dist/loader.mjs");

export const canRunTypescript = () => existsSync(LOADER);

/**
 * Starts `file` (a path in the project) in the folder in which the person called npm, which itself changes into the
 * package's folder: paths on a command line are relative to where it was typed.
 * @param npmScripts the names of the npm scripts that lead here
 */
export function runTypescript(file, args, { npmScripts, env = {} }) {
  const startedByNpm = npmScripts.includes(process.env.npm_lifecycle_event ?? "");
  return spawn(process.execPath, ["--import", pathToFileURL(LOADER).href, path.join(ROOT, file), ...args], {
    stdio: "inherit",
    cwd: (startedByNpm && process.env.INIT_CWD) || process.cwd(),
    env: { ...process.env, ...env, TSX_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json") },
  });
}
