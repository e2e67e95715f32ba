export type ScheduleKind = "constant" | "linear" | "cosine";

export interface ScheduleOptions {
  kind: ScheduleKind;
  /** Highest learning rate, reached at the end of the warm-up. */
  learningRate: number;
  /** Steps over which the rate rises from 0; the first one runs at exactly 0. */
  warmupSteps: number;
  /** Optimizer steps of the whole run; the linear and cosine forms would reach 0 just after the last. */
  totalSteps: number;
}

/**
 * Learning rate of each optimizer step, counted from 0, as in transformers'
 * `get_{constant,linear,cosine}_schedule_with_warmup`. Cosine: half a period (Loshchilov & Hutter 2017, eq. 5, without
 * restarts).
 */
export function learningRateAt(step: number, { kind, learningRate, warmupSteps, totalSteps }: ScheduleOptions): number {
  if (step < warmupSteps) return (learningRate * step) / Math.max(1, warmupSteps);
  const decaySteps = Math.max(1, totalSteps - warmupSteps);
  switch (kind) {
    case "constant":
      return learningRate;
    case "linear":
      return learningRate * Math.max(0, (totalSteps - step) / decaySteps);
    case "cosine":
      return learningRate * Math.max(0, 0.5 * (1 + Math.cos((Math.PI * (step - warmupSteps)) / decaySteps)));
  }
}
