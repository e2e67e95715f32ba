import { setImmediate } from "node:timers/promises";
import { DomainError } from "@/domain/errors";

/** Thrown between two micro-batches when the run's signal was aborted. */
export class RunStopped extends DomainError {
  constructor() {
    super("run-cancelled", "The run was stopped; it can go on from its newest checkpoint.");
  }
}

/**
 * Lets signals, heartbeats and the queue through between two native calls, which block the process, and stops the run
 * if that was asked for.
 */
export async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw new RunStopped();
}
