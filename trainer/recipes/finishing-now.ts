import { DomainError } from "@/domain/errors";
import type { RunEvent } from "@/domain/runs/run-events";

/**
 * What a run says that ends with its newest checkpoint instead of going on from it.
 * @throws DomainError `checkpoint-missing` where no whole one was found: nothing was learned that could be kept
 */
export function finishingNow(of: "step" | "iteration", done: number, total: number): RunEvent {
  if (done === 0)
    throw new DomainError("checkpoint-missing", "The run has no whole checkpoint that a model could be made of.");
  return { type: "notice", level: "info", message: `Ends with the checkpoint after ${of} ${done} of ${total}.` };
}
