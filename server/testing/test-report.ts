import type { RewardReport } from "@/domain/runs/reward-report";
import { shareOf } from "@/domain/statistics/share";

export const estimate = { value: 0.4, low: 0.2, high: 0.6, n: 12 };

/** Makes a report of ten held-out pairs, of which seven are in the right order, where nothing else is said. */
export function reportOf(more: Partial<RewardReport> = {}, annotator = "someone"): RewardReport {
  return {
    format: "tuneloop-reward-report-1",
    heldOut: { pairs: 10, prompts: 8, split: "validation" },
    notes: [],
    accuracy: {
      overall: shareOf(7, 10),
      byStrength: [],
      byTaskType: [],
      byAnnotator: [{ key: annotator, title: annotator, accuracy: shareOf(7, 10) }],
      agreement: null,
    },
    ensemble: null,
    calibration: { bins: [], expectedCalibrationError: null, logLoss: null },
    length: {
      pearson: estimate,
      spearman: estimate,
      longerFirst: { people: shareOf(5, 10), model: shareOf(6, 10) },
    },
    rewards: { mean: 0, deviation: 1 },
    probes: [],
    mistakes: [],
    ...more,
  };
}
