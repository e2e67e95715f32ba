import type { ModelReference } from "../generations/write-text";
import type { CapabilityResult } from "./capability-suite";
import type { SuiteName } from "./suites";

/** Suites for a language model; between the queue's work and the trainer's models. */
export interface EvaluationRequest {
  model: ModelReference;
  suites: readonly SuiteName[];
  signal: AbortSignal;
  /** Told what happens before the first suite, in words: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** Gives each suite's result as it comes. Throws the signal's reason when it aborts. */
export type EvaluateModel = (request: EvaluationRequest) => AsyncIterable<CapabilityResult>;
