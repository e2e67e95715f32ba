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
 * Fills what a run left open, for any method and wherever it comes from: the web app completes hyperparameters when a run
 * is queued, the trainer what a RUN.json leaves open. A key that was given stays as given, so that what is complete stays
 * as it is, and there is nothing to give reasons for.
 */
export function completeHyperparameters(
  asked: Hyperparameters,
  circumstances: RunCircumstances,
): { config: CompleteHyperparameters; reasons: Reason[] } {
  const { config, reasons } = methodOf(asked.method).complete(asked, circumstances);
  // That the method's own `complete` fills its own `leftOpen` is checked where each method is defined.
  return { config: config as CompleteHyperparameters, reasons: isComplete(asked) ? [] : reasons };
}

/** A whole RUN.json, its places as they are: they say whether an adapter is gone on with. */
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

/** Whether nothing is left to be chosen from the data and the device. */
function isComplete(asked: Hyperparameters): boolean {
  const { lora } = asked;
  const values: Readonly<Record<string, unknown>> = asked;
  const { leftOpen } = methodOf(asked.method);
  return leftOpen.every((key) => values[key] !== undefined) && (lora === undefined || lora.alpha !== undefined);
}
