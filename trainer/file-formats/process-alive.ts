import { readFileSync } from "node:fs";
import { hasCode, isMissing } from "./file-errors";

/** Whether a process of this machine is alive, whoever started it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}

/**
 * When a process started, in the kernel's ticks since boot, which tells it from a later process with its number. Null
 * on a system that does not say.
 */
export function startOfProcess(pid: number): string | null {
  try {
    // The fields come after the program's name, which may hold any character but ends with the last bracket
    // (proc_pid_stat(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch (error) {
    if (isMissing(error) || hasCode(error, "ESRCH")) return null;
    throw error;
  }
}
