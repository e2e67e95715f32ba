import { readFileSync } from "node:fs";
import { hasCode, isMissing } from "./file-errors";

/** Whether a process of this machine is there, whoever started it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}

/** When a process started, in the kernel's ticks since boot: tells it from a later one of its number. Null where none says. */
export function startOfProcess(pid: number): string | null {
  try {
    // Fields come after the program's name, which may hold anything but ends with the last bracket (proc_pid_stat(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch (error) {
    if (isMissing(error) || hasCode(error, "ESRCH")) return null;
    throw error;
  }
}
