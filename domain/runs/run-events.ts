import type { Share } from "../statistics/share";
import type { MemoryEstimate } from "./estimate-memory";
import type { Metrics } from "./metric-names";
import type { Rollout } from "./rollouts";
import type { CompleteRunConfig } from "./run-config";
import type { Reason, RunWarning } from "./run-remarks";

/** The events of a run while it goes: the command line prints them, the worker stores and forwards them. */
export type RunEvent =
  | { type: "phase"; phase: RunPhase; message: string; done?: number; total?: number }
  | {
      type: "resolved";
      config: CompleteRunConfig;
      ledger: RunLedger;
      reasons: Reason[];
      warnings: RunWarning[];
      totalSteps: number;
      /** The memory that the run is going to take, and what is free, in bytes. */
      memory?: { estimate: MemoryEstimate; available: number };
    }
  | StepEvent
  | EvaluationEvent
  /** The completions of one iteration of PPO, which its page shows; a run does not need them to go on. */
  | { type: "rollouts"; step: number; rollouts: Rollout[] }
  /** A remark that a person should read; it stays in the log. */
  | { type: "notice"; level: "info" | "warn"; message: string }
  | { type: "checkpoint"; step: number; path: string }
  | { type: "finished"; step: number; seconds: number; output: RunOutput };

export type RunPhase = "loading" | "reading" | "reference" | "training" | "validating" | "saving";

/** One optimizer step; `step` counts from 1. */
export type StepEvent = {
  type: "step";
  step: number;
  totalSteps: number;
  epoch: number;
  metrics: Metrics;
  /** The real tokens (prompt and completions, no padding) of this step, and per second over the last steps. */
  tokens: number;
  tokensPerSecond: number;
  seconds: number;
  etaSeconds: number;
};

/** Figures on records that are not trained on. The event never has a `loss`. */
export type EvaluationEvent = { type: "evaluation"; step: number; epoch: number; metrics: Metrics };

export type RunOutput = { kind: "model" | "adapter"; path: string };

/** The account of every record of the dataset: records = train + validation + the sum of leftOut. */
export type RunLedger = {
  dataset: string;
  records: number;
  train: number;
  validation: number;
  leftOut: LeftOut[];
  /** The kinds of oddities of records that are trained on all the same; their texts are among the warnings. */
  odd: LeftOut[];
  /** The completion lengths of the pairs that are trained on; null where the method knows no pairs. */
  lengths: LengthStatistics | null;
};

/** The tokens of chosen and rejected completions, end of turn included. */
export type LengthStatistics = {
  chosen: { mean: number; median: number };
  rejected: { mean: number; median: number };
  /** The pairs whose chosen completion is the longer one, among those that differ in length. */
  chosenLonger: Share;
};

/** The first few lines of the records, so that a person can look at them. */
export type LeftOut = { reason: string; message: string; count: number; lines: string[] };
