// Runs the programs that the set-up needs.
import { spawn } from "node:child_process";

/** Says that the user's machine lacks something; the message says what to install. */
export class MissingPrerequisite extends Error {}

/** Runs a program to its end; rejects with the program's output. */
export function run(command, args, env = {}, cwd = undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ stdout, stderr });
      else reject(new Error(stderr.trim() || stdout.trim() || `${command} ended with status ${code}`));
    });
  });
}

/** The line of a compiler's output that says most: its first error, rather than its last line. */
export function failureLine(text) {
  return text.split("\n").find((line) => /error/i.test(line)) ?? lastLine(text);
}

export function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}
