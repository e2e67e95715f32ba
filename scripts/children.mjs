// Keeps the processes of an instance running: prefixed logs, restart with growing pauses, orderly end.
import { spawn } from "node:child_process";
import readline from "node:readline";
import { ended, endProcess, isAlive, isOfThisBoot, startTime } from "./processes.mjs";
import { ROOT } from "./settings.mjs";

const LONGEST_PAUSE = 30_000; // ms between restarts
const STEADY_AFTER = 60_000; // ms of life after which the pauses begin anew
const END_WITH_PARENT = new URL("./end-with-parent.mjs", import.meta.url).href;

/** Turns a pino line into text for a person; any other line stays as it is. */
export function readable(line) {
  if (!line.startsWith("{")) return line;
  try {
    const { level, msg, err } = JSON.parse(line);
    if (typeof level !== "number" || typeof msg !== "string") return line;
    const mark = level >= 50 ? "error: " : level >= 40 ? "warning: " : "";
    return `${mark}${msg}${err?.message && !msg.includes(err.message) ? ` (${err.message})` : ""}`;
  } catch {
    return line; // the line is not JSON after all
  }
}

/**
 * One child under supervision. Its process group of its own makes Ctrl-C reach only the script, which then ends all
 * children in order, and lets the grandchildren be ended with the child.
 */
export class Child {
  #stopping = false;
  #failures = 0;
  #process;
  #timer;

  /** `args` go to node; `onChange` is called whenever the pid changes. */
  constructor({ name, args, env, grace = 10_000, onChange }) {
    Object.assign(this, { name, args, env, grace, onChange });
  }

  get pid() {
    return this.#process?.pid;
  }

  get failures() {
    return this.#failures;
  }

  start() {
    const child = spawn(process.execPath, ["--import", END_WITH_PARENT, ...this.args], {
      cwd: ROOT,
      env: { ...process.env, ...this.env, TUNELOOP_PROCESS: this.name, TUNELOOP_STARTER: String(process.pid) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    this.#process = child;
    const started = Date.now();
    const print = (line) => console.log(`${this.name.padEnd(10)}│ ${readable(line)}`);
    readline.createInterface({ input: child.stdout }).on("line", print);
    readline.createInterface({ input: child.stderr }).on("line", print);
    child.once("error", (error) => print(error.message));
    child.once("exit", (code, signal) => {
      this.#process = undefined;
      if (child.pid) killGroup(child.pid); // the processes that the child had started work for nobody any more
      this.onChange?.();
      if (this.#stopping) return;
      if (Date.now() - started > STEADY_AFTER) this.#failures = 0;
      const pause = Math.min(1000 * 2 ** this.#failures++, LONGEST_PAUSE);
      print(`ended unexpectedly (${signal ?? `status ${code}`}); starting it again in ${pause / 1000} s`);
      this.#timer = setTimeout(() => this.start(), pause);
    });
    this.onChange?.();
  }

  /** The child's entry in the data folder's record, from which the next start finds orphans. */
  record() {
    return this.pid ? { name: this.name, pid: this.pid, startTime: startTime(this.pid) } : undefined;
  }

  async stop({ grace = this.grace } = {}) {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const pid = this.pid;
    if (!pid) return;
    await endProcess(pid, grace);
    killGroup(pid);
  }
}

/** Ends what is left of a child's process group. */
export function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH" && error.code !== "EPERM") throw error;
  }
}

/** Ends children that an earlier, killed start left behind; only those that still are the processes it recorded. */
export async function endOrphans(records) {
  for (const { name, pid, startTime: started } of records) {
    if (!isOfThisBoot(started)) continue;
    if (!isAlive(pid)) {
      killGroup(pid); // the processes that it had started may have outlived it
      continue;
    }
    if (startTime(pid) !== started) continue; // the number is another process's now
    if (await ended(pid, 2000)) continue; // it is ending by itself, having lost its parent
    console.log(`▸ Ending ${name} (process ${pid}), left over from a start that was killed`);
    await endProcess(pid, 5000);
    killGroup(pid);
  }
}
