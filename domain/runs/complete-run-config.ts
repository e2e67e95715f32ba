import { methodOf } from "./methods";
import type { RunCircumstances } from "./methods/method-description";
import type {
  CompleteConfigOf,
  CompleteHyperparameters,
  ConfigOf,
  Hyperparameters,
  Method,
  RunConfig,
} from "./run-config";
import type { Reason } from "./run-remarks";

/**
 * Fills what a run left open, for any method: the web app completes hyperparameters when a run is queued, the trainer
 * what a RUN.json leaves open. A key that was given stays as given, so that a complete configuration stays as it is and
 * gets no reasons.
 */
export function completeHyperparameters(
  asked: Hyperparameters,
  circumstances: RunCircumstances,
): { config: CompleteHyperparameters; reasons: Reason[] } {
  const { config, reasons } = methodOf(asked.method).complete(asked, circumstances);
  // Each method's definition checks that its own `complete` fills its own `leftOpen`.
  return { config: config as CompleteHyperparameters, reasons: isComplete(asked) ? [] : reasons };
}

/** Completes a whole RUN.json. Its places stay as they are; they tell whether the run goes on training an adapter. */
export function completeRunConfig<M extends Method>(
  asked: ConfigOf<M>,
  circumstances: Omit<RunCircumstances, "fromAdapter">,
): { config: CompleteConfigOf<M>; reasons: Reason[] } {
  const run: RunConfig = asked;
  const { config, reasons } = completeHyperparameters(run, {
    ...circumstances,
    fromAdapter: run.adapter !== undefined,
  });
  return { config: { ...asked, ...config } as CompleteConfigOf<M>, reasons };
}

/** Tells whether nothing is left to be chosen from the data and the device. */
function isComplete(asked: Hyperparameters): boolean {
  const { lora } = asked;
  const values: Readonly<Record<string, unknown>> = asked;
  const { leftOpen } = methodOf(asked.method);
  return leftOpen.every((key) => values[key] !== undefined) && (lora === undefined || lora.alpha !== undefined);
}
