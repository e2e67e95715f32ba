import type { UpdateSettings } from "../recipes/update";

/**
 * Settings of AdamW without decay, with a rate that falls to zero: the losses of the selftest have an exact minimum to
 * come to rest in.
 */
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
