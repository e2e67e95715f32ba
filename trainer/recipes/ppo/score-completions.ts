import type { PpoConfig } from "@/domain/runs/run-config";
import { type Estimates, estimateAdvantages } from "./estimate-advantages";
import { startingKlCoefficient } from "./kl-coefficient";
import type { OtherMeasures, OwnMeasures } from "./measure-completions";
import type { PpoNumbers } from "./ppo-state";
import type { Sample } from "./rollout";
import type { RunningMoments } from "./running-moments";
import type { Scorer } from "./score-samples";
import { shapeScores } from "./shape-scores";

/** The scores of the completions, and what is to be learned from them. */
export type Scored = {
  /** One score a completion: as the reward gave it, and as the last token gets it. */
  rawScores: readonly number[];
  scores: readonly number[];
  /** Moments of all raw scores so far, these among them. */
  moments: RunningMoments;
  /** β of this iteration. */
  klCoefficient: number;
  estimates: Estimates;
};

/** Scores the completions and turns scores and KL into rewards, advantages and returns. */
export async function scoreCompletions(
  scorer: Pick<Scorer, "score">,
  samples: readonly Sample[],
  { logProbs, referenceLogProbs, values }: Pick<OwnMeasures, "logProbs"> & OtherMeasures,
  numbers: Readonly<PpoNumbers>,
  config: PpoConfig,
  signal: AbortSignal,
): Promise<Scored> {
  const rawScores = await scorer.score(samples, signal);
  const shaped = shapeScores(
    samples.map(({ ids, ended }, index) => ({ score: rawScores[index] as number, length: ids.length, ended })),
    numbers.moments,
    config,
  );
  const { scores, moments } = shaped;
  // The first scores decide where β starts.
  const klCoefficient = Number.isNaN(numbers.klCoefficient)
    ? startingKlCoefficient(scores, config)
    : numbers.klCoefficient;
  const prompts = samples.map(({ group }) => group);
  const measured = { logProbs, referenceLogProbs, values, scores, prompts };
  const estimates = estimateAdvantages(measured, { ...config, klCoefficient });
  return { rawScores, scores, moments, klCoefficient, estimates };
}
