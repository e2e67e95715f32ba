import { DomainError } from "@/domain/errors";
import type { RunEvent } from "@/domain/runs/run-events";
import type { Sample } from "./rollout";
import type { Scorer } from "./score-samples";

/** The completions of an iteration that all reward models can read, and the others with the reason. */
export type SortedOut = { readable: Sample[]; refused: { sample: Sample; reason: string }[] };

/**
 * Takes out the completions that a reward model can't read: its template refuses them, they hold a token that it has no
 * embedding for, or they are too long for it. Nothing is learned from them, since any score would be made up.
 *
 * @param told reasons that have been told already; each reason is told once, and all are counted
 */
export function* sortOutRefused(
  samples: readonly Sample[],
  { refusal }: Pick<Scorer, "refusal">,
  told: Set<string>,
  when: string,
): Generator<RunEvent, SortedOut> {
  const refused = samples.flatMap((sample) => {
    const reason = refusal(sample);
    return reason === null ? [] : [{ sample, reason }];
  });
  for (const reason of new Set(refused.map(({ reason }) => reason))) {
    if (told.has(reason)) continue;
    told.add(reason);
    const places = refused.filter((one) => one.reason === reason).map(({ sample }) => sample.prompt.place);
    const message = `${places.length} of ${samples.length} completions of ${when} can't be scored and are left out (${[...new Set(places)].slice(0, NAMED).join(", ")}): ${reason}. Later ones are counted without a message`;
    yield { type: "notice", level: "warn", message };
  }
  const out = new Set(refused.map(({ sample }) => sample));
  return { readable: samples.filter((sample) => !out.has(sample)), refused };
}

/** Makes the error for an iteration of which no completion is left to learn from. */
export function nothingToScore([first]: SortedOut["refused"], when: string): DomainError {
  const message = `rewardModels: no completion of ${when} can be scored; the first, of ${first?.sample.prompt.place}: ${first?.reason}`;
  return new DomainError("run-config-invalid", message);
}

/** The number of prompts that a message names. */
const NAMED = 5;
