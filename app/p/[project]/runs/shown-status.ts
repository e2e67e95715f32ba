import type { Run } from "./[run]/run-figures";

/** A run's state in a word, as pages show it: finer than what the row has. */
export function shownStatus({ status, isWaiting, stopsAtCheckpoint }: Run): string {
  if (isWaiting) return "waiting";
  return status === "completed" && stopsAtCheckpoint ? "stopped" : status;
}
