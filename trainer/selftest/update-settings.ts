import type { UpdateSettings } from "../recipes/update";

/** AdamW without decay, the rate falling to zero: what is minimised here has an exact minimum to come to rest in. */
export function oracleUpdate(learningRate: number): UpdateSettings {
  return {
    learningRate,
    lrScheduler: "cosine",
    warmupRatio: 0,
    weightDecay: 0,
    maxGradNorm: Number.POSITIVE_INFINITY,
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamEpsilon: 1e-8,
  };
}
