// npm run --silent trainer -- COMMAND … runs trainer/cli.ts; only the command writes to standard output.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const loader = path.join(ROOT, "node_modules/tsx/dist/loader.mjs");
if (!existsSync(loader)) {
  console.error("The dependencies are not installed. Run: npm run setup");
  process.exit(1);
}

// npm changes into the package's folder; paths on the command line are relative to the folder in which the person
// called npm.
const startedByNpm = ["trainer", "bench"].includes(process.env.npm_lifecycle_event ?? "");
const child = spawn(
  process.execPath,
  ["--import", pathToFileURL(loader).href, path.join(ROOT, "trainer/cli.ts"), ...process.argv.slice(2)],
  {
    stdio: "inherit",
    cwd: (startedByNpm && process.env.INIT_CWD) || process.cwd(),
    env: { ...process.env, TSX_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json") },
  },
);
// A terminal sends Ctrl-C to the child as well; a signal sent to this process alone must be handed on.
const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
process.on("SIGINT", () => inTerminal || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
child.once("error", (error) => {
  console.error(`The trainer did not start: ${error.message}`);
  process.exit(1);
});
child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
