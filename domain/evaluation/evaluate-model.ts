import type { ModelReference } from "../generations/write-text";
import type { CapabilityResult } from "./capability-suite";
import type { SuiteName } from "./suites";

/** A request to give a language model some suites: the contract between the queue's work and the trainer's models. */
export interface EvaluationRequest {
  model: ModelReference;
  suites: readonly SuiteName[];
  signal: AbortSignal;
  /** Receives in words what happens before the first suite: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** Gives each suite's result as it comes. Throws the signal's reason when it aborts. */
export type EvaluateModel = (request: EvaluationRequest) => AsyncIterable<CapabilityResult>;
