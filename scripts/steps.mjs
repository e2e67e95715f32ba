// Shows a long step: what it does, how long it has taken so far, and what to do if it fails.
import { spawn } from "node:child_process";

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A failure that a person can do something about; the message says what. */
export class StepError extends Error {}

/**
 * Runs `work(say)` under a title; every 15 s it prints how long the step has taken so far.
 * @param {string} title what is done, in the present tense
 * @param {string} advice what to do if the step fails
 */
export async function step(title, advice, work) {
  const start = performance.now();
  console.log(`▸ ${title} …`);
  const beat = setInterval(() => console.log(`  … ${seconds(start)}`), 15_000);
  try {
    const result = await work((line) => console.log(`  ${line}`));
    console.log(`  done in ${seconds(start)}`);
    return result;
  } catch (cause) {
    throw new StepError(`${title}: failed after ${seconds(start)}\n${cause.message}\n\nWhat to do: ${advice}`, {
      cause,
    });
  } finally {
    clearInterval(beat);
  }
}

/** Runs a command silently and returns its output; if it fails, the error holds the first and last lines. */
export function runCommand(command, args, { env, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const said = output.trimEnd().split("\n");
      const shown = said.length > 45 ? [...said.slice(0, 20), "…", ...said.slice(-24)] : said;
      reject(new Error(`${[command, ...args].join(" ")} ended with ${signal ?? code}:\n${shown.join("\n")}`));
    });
  });
}
