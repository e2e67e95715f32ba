// npm run --silent trainer -- COMMAND … runs trainer/cli.ts; only the command writes to standard output.
import { canRunTypescript, runTypescript } from "./run-typescript.mjs";

if (!canRunTypescript()) {
  console.error("The dependencies are not installed. Run: npm run setup");
  process.exit(1);
}

const child = runTypescript("trainer/cli.ts", process.argv.slice(2), { npmScripts: ["trainer", "bench"] });
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
