import { DomainError } from "@/domain/errors";
import type { RunEvent } from "@/domain/runs/run-events";

/**
 * Makes the event of a run that ends with its newest checkpoint instead of going on from it.
 * @throws DomainError `checkpoint-missing` if no intact checkpoint was found, so that nothing was learned that could be
 * kept
 */
export function finishingNow(of: "step" | "iteration", done: number, total: number): RunEvent {
  if (done === 0)
    throw new DomainError("checkpoint-missing", "The run has no whole checkpoint that a model could be made of.");
  return { type: "notice", level: "info", message: `Ends with the checkpoint after ${of} ${done} of ${total}.` };
}
