#!/usr/bin/env node
// npm run bench: the trainer's speed; npm run bench -- web: the site's under load.
import { canRunTypescript, runTypescript } from "./run-typescript.mjs";

if (process.argv[2] !== "web") {
  process.argv.splice(2, 0, "bench");
  await import("./trainer.mjs");
} else {
  if (!canRunTypescript()) {
    console.error("The dependencies are not installed. Run: npm run setup");
    process.exit(1);
  }
  const child = runTypescript("bench/web/run.ts", process.argv.slice(3), { npmScripts: ["bench"] });
  const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  process.on("SIGINT", () => inTerminal || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
