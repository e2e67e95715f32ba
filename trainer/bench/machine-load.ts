import { readFileSync } from "node:fs";
import os from "node:os";

/**
 * Starts watching the machine and returns a function that gives the share of all cores that other processes have used
 * since. On a busy machine speeds are wrong, and wrong by different factors for different programs, so such samples are
 * thrown away. The share is null on a system without /proc/stat.
 */
export function watchOthers(): () => number | null {
  const busy = busySeconds();
  const own = process.cpuUsage();
  const start = performance.now();
  return () => {
    const now = busySeconds();
    if (busy === null || now === null) return null;
    const { user, system } = process.cpuUsage(own);
    const available = ((performance.now() - start) / 1000) * os.availableParallelism();
    return Math.max(0, now - busy - (user + system) / 1e6) / available;
  };
}

/** Seconds that the cores of the machine have worked since it started: user, nice, system and both kinds of interrupts. */
function busySeconds(): number | null {
  let text: string;
  try {
    text = readFileSync("/proc/stat", "utf8");
  } catch {
    return null; // not Linux
  }
  const [user, nice, system, , , irq, softIrq] = text.split("\n")[0]!.trim().split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softIrq!) / CLOCK_TICKS;
}

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const CLOCK_TICKS = 100;
