import { normalizePrompt } from "@/domain/datasets/split";
import { STRENGTH_BUCKETS, strengthOf } from "@/domain/runs/preference-strength";
import type { AccuracyGroup, RewardReport } from "@/domain/runs/reward-report";
import { bootstrap } from "@/domain/statistics/bootstrap";
import { clusteredShare } from "@/domain/statistics/clustered-share";
import { pearson, spearman } from "@/domain/statistics/correlation";
import type { Share } from "@/domain/statistics/share";
import type { PreferenceRecord } from "../data/records";
import { summariseMembers } from "./load-reward-models";

/** One completion of a pair: each member's score, and its number of tokens. */
type ScoredCompletion = { scores: number[]; tokens: number };
/** A held-out pair with the model's scores. */
export type ScoredPair = { record: PreferenceRecord; chosen: ScoredCompletion; rejected: ScoredCompletion };

/** The bins' lower ends. They divide the confidence, which is at least one half. */
const BINS = [0.5, 0.6, 0.7, 0.8, 0.9];
const MISTAKES_SHOWN = 20;

export const clusterOf = ({ lineage, prompt }: PreferenceRecord): string => lineage.promptId ?? normalizePrompt(prompt);
const scoreOf = ({ scores }: ScoredCompletion): number => summariseMembers(scores).mean;
const gapOf = ({ chosen, rejected }: ScoredPair): number => scoreOf(chosen) - scoreOf(rejected);
const isRight = (pair: ScoredPair): boolean => gapOf(pair) > 0;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Counts the pairs that are in the right order; a tie is not. Pairs of one prompt depend on one another, and the
 * interval accounts for it.
 */
export function accuracyOf(pairs: readonly ScoredPair[], isHit: (pair: ScoredPair) => boolean = isRight): Share {
  return clusteredShare(pairs.map((pair) => ({ cluster: clusterOf(pair.record), hit: isHit(pair) })));
}

/** Computes all figures of the accuracy. */
export function accuracyFigures(pairs: readonly ScoredPair[]): RewardReport["accuracy"] {
  const hasMargins = pairs.some(({ record }) => record.margin > 0);
  const annotators = [...new Set(pairs.flatMap(({ record }) => record.lineage.annotatorIds))].sort();
  const taskTypes = [...new Set(pairs.flatMap(({ record }) => record.lineage.taskType ?? []))].sort();
  const group = (key: string, title: string, some: readonly ScoredPair[]): AccuracyGroup[] =>
    some.length === 0 ? [] : [{ key, title, accuracy: accuracyOf(some) }];
  return {
    overall: accuracyOf(pairs),
    byStrength: hasMargins
      ? STRENGTH_BUCKETS.flatMap(({ key, title }) =>
          group(
            key,
            title,
            pairs.filter(({ record }) => strengthOf(record.margin) === key),
          ),
        )
      : [],
    byTaskType: taskTypes.flatMap((type) =>
      group(
        type,
        type,
        pairs.filter(({ record }) => record.lineage.taskType === type),
      ),
    ),
    byAnnotator: annotators.flatMap((id) =>
      group(
        id,
        id,
        pairs.filter(({ record }) => record.lineage.annotatorIds.includes(id)),
      ),
    ),
    agreement: agreementOf(pairs),
  };
}

/**
 * Agreement of people: the chance that two of a pair's annotators, drawn at random, say the same. Agreement of the
 * model with people: the chance that it says what one of them, drawn at random, says.
 */
function agreementOf(pairs: readonly ScoredPair[]): RewardReport["accuracy"]["agreement"] {
  const judged = pairs.flatMap((pair) => {
    const { votes } = pair.record.lineage;
    if (!votes || votes.for + votes.against < 2) return [];
    const all = votes.for + votes.against;
    const couples = (count: number) => (count * (count - 1)) / 2;
    return [
      {
        cluster: clusterOf(pair.record),
        people: (couples(votes.for) + couples(votes.against)) / couples(all),
        model: (isRight(pair) ? votes.for : votes.against) / all,
      },
    ];
  });
  if (judged.length === 0) return null;
  const clusters = groupBy(judged, ({ cluster }) => cluster);
  const estimate = (figure: "people" | "model") =>
    bootstrap(clusters, (sample) => mean(sample.flat().map((one) => one[figure])));
  return { people: estimate("people"), model: estimate("model") };
}

/**
 * Computes how far the model's confidence in its own order can be believed. Under the plain loss the confidence is
 * σ(|gap|). The margin loss gives an order that is preferred by margin m the likelihood σ(gap − m), so that the two
 * orders of a pair stand to each other as σ(|gap| − m) to σ(−|gap| − m).
 *
 * @param useMargins whether the model was trained with the margin loss
 */
export function calibrationFigures(
  pairs: readonly ScoredPair[],
  { useMargins = false }: { useMargins?: boolean } = {},
): RewardReport["calibration"] {
  const marginOf = ({ record }: ScoredPair) => (useMargins ? record.margin : 0);
  /** Log-likelihood, in nats, of the order in which chosen is ahead by `gap`, among both orders. */
  const logOf = (gap: number, margin: number) => -softplus(softplus(margin - gap) - softplus(margin + gap));
  const confident = pairs.map((pair) => ({
    pair,
    confidence: Math.exp(logOf(Math.abs(gapOf(pair)), marginOf(pair))),
  }));
  const bins = BINS.flatMap((from, index) => {
    const to = BINS[index + 1] ?? 1;
    const inside = confident.filter(({ confidence }) => confidence >= from && (confidence < to || to === 1));
    if (inside.length === 0) return [];
    const confidence = mean(inside.map((one) => one.confidence));
    return [{ from, to, confidence, accuracy: accuracyOf(inside.map(({ pair }) => pair)) }];
  });
  const distances = bins.map(({ confidence, accuracy }) => accuracy.of * Math.abs((accuracy.value ?? 0) - confidence));
  const isEmpty = pairs.length === 0;
  return {
    bins,
    expectedCalibrationError: isEmpty ? null : distances.reduce((sum, one) => sum + one, 0) / pairs.length,
    logLoss: isEmpty ? null : mean(pairs.map((pair) => -logOf(gapOf(pair), marginOf(pair)))),
  };
}

/** log(1 + eˣ) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Computes whether the model pays for length. */
export function lengthFigures(pairs: readonly ScoredPair[]): RewardReport["length"] {
  const clusters = groupBy(completionsOf(pairs), ({ cluster }) => cluster);
  const correlation = (of: typeof pearson) =>
    bootstrap(clusters, (sample) => {
      const all = sample.flat();
      return of(
        all.map(({ tokens }) => tokens),
        all.map(({ score }) => score),
      );
    });
  const unequal = pairs.filter(({ chosen, rejected }) => chosen.tokens !== rejected.tokens);
  const chosenIsLonger = ({ chosen, rejected }: ScoredPair) => chosen.tokens > rejected.tokens;
  return {
    pearson: correlation(pearson),
    spearman: correlation(spearman),
    longerFirst: {
      people: accuracyOf(unequal, chosenIsLonger),
      model: accuracyOf(unequal, (pair) => (chosenIsLonger(pair) ? gapOf(pair) > 0 : gapOf(pair) < 0)),
    },
  };
}

/** Mean and standard deviation of all completions' scores. */
export function rewardSpread(pairs: readonly ScoredPair[]): RewardReport["rewards"] {
  const scores = completionsOf(pairs).map(({ score }) => score);
  if (scores.length === 0) return { mean: null, deviation: null };
  const { mean: centre, std } = summariseMembers(scores);
  return { mean: centre, deviation: std };
}

/** The accuracy of each member on its own; null for a single model. */
export function ensembleFigures(pairs: readonly ScoredPair[], members: number): RewardReport["ensemble"] {
  if (members < 2) return null;
  const spreads = pairs.flatMap(({ chosen, rejected }) =>
    [chosen, rejected].map((one) => summariseMembers(one.scores).std),
  );
  return {
    members: Array.from({ length: members }, (_, member) =>
      accuracyOf(pairs, ({ chosen, rejected }) => (chosen.scores[member] ?? 0) > (rejected.scores[member] ?? 0)),
    ),
    disagreement: spreads.length === 0 ? null : mean(spreads),
  };
}

/** The pairs that the model gets most wrong. */
export function mistakesOf(pairs: readonly ScoredPair[]): RewardReport["mistakes"] {
  return pairs
    .map((pair) => ({ pair, gap: gapOf(pair) }))
    .filter(({ gap }) => gap < 0)
    .sort((a, b) => a.gap - b.gap)
    .slice(0, MISTAKES_SHOWN)
    .map(({ pair: { record }, gap }) => {
      const { promptId, chosenCompletionId, rejectedCompletionId, labelIds } = record.lineage;
      const { place, margin } = record;
      return { place, promptId, chosenCompletionId, rejectedCompletionId, labelIds, margin, gap };
    });
}

/** Lists each completion once, though a ranking has it in several pairs. */
function completionsOf(pairs: readonly ScoredPair[]): { cluster: string; tokens: number; score: number }[] {
  const seen = new Map<string, { cluster: string; tokens: number; score: number }>();
  for (const { record, chosen, rejected } of pairs) {
    const cluster = clusterOf(record);
    for (const [messages, completion] of [
      [record.chosen, chosen],
      [record.rejected, rejected],
    ] as const) {
      const { tokens } = completion;
      seen.set(`${cluster}\n${normalizePrompt(messages)}`, { cluster, tokens, score: scoreOf(completion) });
    }
  }
  return [...seen.values()];
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return [...groups.values()];
}
