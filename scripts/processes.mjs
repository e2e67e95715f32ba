// Tells whether another process is alive and belongs to this instance, and ends it.
import { execFileSync } from "node:child_process";
import fs from "node:fs";

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** True while `pid` runs; a zombie counts as dead, somebody else's process as alive. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  try {
    const state = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop();
    return !/^[ZX]/.test(state);
  } catch {
    return process.platform !== "linux"; // without /proc the signal's answer stands
  }
}

/** The command line of `pid`, or "" if it cannot be read. It shows whether a recorded pid was re-used. */
export function commandLine(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch (error) {
    if (process.platform === "linux") return "";
    try {
      return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
    } catch {
      void error; // there is no such process, or no ps: the process then counts as unknown
      return "";
    }
  }
}

const bootId = (() => {
  try {
    return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return ""; // not Linux
  }
})();

/**
 * The time when `pid` was started (boot and clock ticks since), or "" if unknown. A pid with its start time names one
 * process for ever.
 */
export function startTime(pid) {
  try {
    return `${bootId}/${fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ")[19]}`;
  } catch {
    return "";
  }
}

/** Whether a recorded start time is later than the machine's last boot. */
export const isOfThisBoot = (recorded) => recorded.startsWith(`${bootId}/`);

/** Resolves to true when `pid` has ended within `milliseconds`, else to false. */
export async function ended(pid, milliseconds) {
  const until = Date.now() + milliseconds;
  while (isAlive(pid)) {
    if (Date.now() > until) return false;
    await sleep(50);
  }
  return true;
}

/** Asks `pid` to end, and kills it after `grace` milliseconds. */
export async function endProcess(pid, grace = 5000) {
  const signal = (name) => {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  signal("SIGTERM");
  if (await ended(pid, grace)) return;
  signal("SIGKILL");
  await ended(pid, grace);
}

/**
 * Takes an exclusive lock on `file` among processes of this machine and returns the function that releases it; a dead
 * holder's lock is taken over. The lock names its holder by pid and start time, so that a re-used pid is not mistaken
 * for it.
 */
export async function lockFile(file, { timeout = 60_000 } = {}) {
  const mine = `${process.pid} ${startTime(process.pid)}`;
  const until = Date.now() + timeout;
  for (;;) {
    try {
      fs.writeFileSync(file, mine, { flag: "wx" });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    let holder = "";
    try {
      holder = fs.readFileSync(file, "utf8");
    } catch (error) {
      if (error.code === "ENOENT") continue;
      throw error;
    }
    const [pid, started] = holder.split(" ");
    if (holder && (!isAlive(Number(pid)) || (started && startTime(Number(pid)) !== started))) {
      // A stale lock is moved aside, not deleted: of two processes that find it stale only one gets it, and a fresh
      // lock that was moved by mistake goes back.
      const aside = `${file}.stale-${process.pid}`;
      try {
        fs.renameSync(file, aside);
        if (fs.readFileSync(aside, "utf8") !== holder) fs.linkSync(aside, file);
        fs.rmSync(aside, { force: true });
      } catch (error) {
        if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
      }
      continue;
    }
    if (Date.now() > until)
      throw new Error(`${file} is held by process ${pid}; if that is not Tuneloop, delete the file`);
    await sleep(50);
  }
}
