import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { TextMix } from "../text-mix";
import { correlation, distinctShare, formattingShare, selfSimilarity } from "./completion-statistics";
import type { Estimates } from "./estimate-advantages";
import type { Lesson } from "./learn";
import { POLICY_FIGURES, type PolicyFigures, VALUE_FIGURES, type ValueFigures } from "./policy-loss";
import type { Sample } from "./rollout";
import type { TokenRows } from "./token-rows";

const TEXT_LOSS = {
  sft: ROLLOUT_METRICS.sftLoss,
  auxiliary: ROLLOUT_METRICS.auxiliaryLoss,
  practice: ROLLOUT_METRICS.practiceLoss,
};

/** Computes the figures of an iteration, under TRL's names if TRL has them. */
export function iterationFigures(iteration: {
  samples: readonly Sample[];
  /** The scores, raw and as the last token got them. */
  rawScores: readonly number[];
  scores: readonly number[];
  logProbs: TokenRows;
  values: TokenRows | null;
  estimates: Estimates;
  klCoefficient: number;
  policy: Lesson;
  value: Lesson | null;
  mixes: readonly Pick<TextMix, "name" | "weight">[];
  entropyCoefficient: number;
}): Metrics {
  const { samples, rawScores, scores, logProbs, values, estimates, klCoefficient, policy, value } = iteration;
  const kl = estimates.kl.map(sum);
  const ofPolicy = meanFigures(policy, POLICY_FIGURES) as PolicyFigures;
  const ofValue = value ? (meanFigures(value, VALUE_FIGURES) as ValueFigures) : null;
  const textLoss = (name: TextMix["name"]) => mean(policy.beside.map((figures) => figures[name] ?? 0));
  const learned = iteration.mixes.filter(({ name }) => policy.beside.some((figures) => name in figures));
  const ids = samples.map((sample) => sample.ids);
  const lengths = ids.map(({ length }) => length);
  const formatting = samples.map(({ text }) => formattingShare(text));
  const before = values
    ? estimates.returns.map((row, i) => [...row].map((back, t) => back - (values[i]?.[t] as number)))
    : estimates.advantages.map((row) => [...row]);
  return {
    // The loss that the policy's steps minimise; the value model has a loss of its own.
    [METRICS.loss]:
      ofPolicy.loss -
      iteration.entropyCoefficient * ofPolicy.entropy +
      ofPolicy.klPenalty +
      sum(learned.map(({ name, weight }) => weight * textLoss(name))),
    [METRICS.gradNorm]: mean(policy.gradNorms),
    [METRICS.learningRate]: policy.learningRate,
    [ROLLOUT_METRICS.kl]: mean(kl),
    [ROLLOUT_METRICS.entropy]: -mean(logProbs.flatMap((row) => Array.from(row))),
    [ROLLOUT_METRICS.scores]: mean(rawScores),
    [ROLLOUT_METRICS.scoresStd]: deviation(rawScores),
    [ROLLOUT_METRICS.rlhfReward]: mean(scores.map((score, i) => score - klCoefficient * (kl[i] as number))),
    [ROLLOUT_METRICS.klCoefficient]: klCoefficient,
    [ROLLOUT_METRICS.advantagesStd]: deviation(before.flat()),
    [ROLLOUT_METRICS.clipFraction]: ofPolicy.clipped,
    [ROLLOUT_METRICS.approximateKl]: ofPolicy.approxKl,
    [ROLLOUT_METRICS.policyLoss]: ofPolicy.loss,
    [ROLLOUT_METRICS.ratio]: ofPolicy.ratio,
    [ROLLOUT_METRICS.stoppedEarly]: policy.stopped ? 1 : 0,
    ...(ofValue && value
      ? {
          [ROLLOUT_METRICS.valueLoss]: ofValue.loss,
          [ROLLOUT_METRICS.valueClipFraction]: ofValue.clipped,
          [ROLLOUT_METRICS.valueGradNorm]: mean(value.gradNorms),
          [ROLLOUT_METRICS.explainedVariance]: explainedVariance(estimates.returns, before),
        }
      : {}),
    ...Object.fromEntries(learned.map(({ name }) => [TEXT_LOSS[name], textLoss(name)])),
    [ROLLOUT_METRICS.length]: mean(lengths),
    [ROLLOUT_METRICS.ended]: mean(samples.map(({ ended }) => (ended ? 1 : 0))),
    [ROLLOUT_METRICS.distinct2]: distinctShare(ids, 2),
    [ROLLOUT_METRICS.selfSimilarity]: selfSimilarity(ids),
    [ROLLOUT_METRICS.formatting]: mean(formatting),
    [ROLLOUT_METRICS.scoreLengthCorrelation]: correlation(rawScores, lengths),
    [ROLLOUT_METRICS.scoreFormattingCorrelation]: correlation(rawScores, formatting),
  };
}

/** 1 − Var(returns − values) / Var(returns); 0 if the returns do not vary. */
function explainedVariance(returns: readonly Float32Array[], errors: readonly number[][]): number {
  const all = deviation(returns.flatMap((row) => Array.from(row)));
  return all === 0 ? 0 : 1 - (deviation(errors.flat()) / all) ** 2;
}

/** Means over the minibatches; an early stop leaves fewer of them. */
function meanFigures(lesson: Lesson, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.map((name, index) => [name, mean(lesson.figures.map((row) => row[index] as number))]),
  );
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / Math.max(1, values.length);
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};
