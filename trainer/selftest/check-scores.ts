import { createRandom } from "../engine/random";
import { NO_MOMENTS } from "../recipes/ppo/running-moments";
import { combineScores, type ScoreSettings, shapeScores } from "../recipes/ppo/shape-scores";
import { atLeast, atMost, type Check } from "./check";
import { COMPLETIONS } from "./enumerable-language";
import { enumeratedAdvantages, largest } from "./enumerated-experience";
import { findOptimum, totalVariation } from "./optimum";
import type { Setting } from "./setting";

const PLAIN: ScoreSettings = {
  ensemble: "mean",
  ensembleStdCoefficient: 0,
  normalizeReward: false,
  lengthPenalty: 0,
  missingEosPenalty: 0,
};

/**
 * Checks the scores of an ensemble and of penalties, each of which changes what is optimal. For each, score and optimum
 * are worked out by hand; there the recipe's own scores must leave no advantage, and the optimum must differ from the
 * plain one.
 */
export function checkScores(setting: Setting): Check[] {
  const second = COMPLETIONS.map(createRandom(21).normal);
  const length = (i: number) => COMPLETIONS[i]?.actions.length as number;
  const isEnded = (i: number) => COMPLETIONS[i]?.ended as boolean;
  const check = (
    name: string,
    settings: Partial<ScoreSettings>,
    byHand: (first: number, second: number, i: number) => number,
  ) => checkOptimum(setting, second, name, { ...PLAIN, ...settings }, byHand);
  const { mean, deviation } = momentsOf(setting.rewards);
  return [
    check("minimum of two reward models", { ensemble: "min" }, (a, b) => (a < b ? a : b)),
    check("mean − 0.5·std of two", { ensembleStdCoefficient: 0.5 }, (a, b) => (a + b) / 2 - Math.abs(a - b) / 4),
    check("length penalty 0.3", { lengthPenalty: 0.3 }, (a, _, i) => a - 0.3 * length(i)),
    check("missing-end penalty 1", { missingEosPenalty: 1 }, (a, _, i) => (isEnded(i) ? a : a - 1)),
    check("clip at ±0.5", { rewardClip: 0.5 }, (a) => (a > 0.5 ? 0.5 : a < -0.5 ? -0.5 : a)),
    check("normalisation", { normalizeReward: true }, (a) => (a - mean) / deviation),
  ].flat();
}

function checkOptimum(
  { beta, reference, rewards, optimum }: Setting,
  second: readonly number[],
  name: string,
  settings: ScoreSettings,
  byHand: (first: number, second: number, i: number) => number,
): Check[] {
  const isEnsemble = settings.ensemble === "min" || settings.ensembleStdCoefficient > 0;
  const completions = COMPLETIONS.map(({ actions, ended }, i) => {
    const models = isEnsemble ? [rewards[i] as number, second[i] as number] : [rewards[i] as number];
    return { score: combineScores(models, settings), length: actions.length, ended };
  });
  const { scores } = shapeScores(completions, NO_MOMENTS, settings);
  const expected = findOptimum(
    reference,
    rewards.map((reward, i) => byHand(reward, second[i] as number, i)),
    beta,
  );
  const input = { policy: expected.table, reference, scores, values: expected.values, beta };
  return [
    atMost(`${name}: largest advantage at the optimum by hand`, largest(enumeratedAdvantages(input).advantages), 1e-5),
    atLeast(`${name}: total variation to π* without it`, totalVariation(expected.logProbs, optimum.logProbs), 0.01),
  ];
}

function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
