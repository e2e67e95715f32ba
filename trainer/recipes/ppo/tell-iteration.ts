import type { Metrics } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import type { Tokenizer } from "../../tokenizer/types";
import type { Pace } from "../pace";
import type { TextMix } from "../text-mix";
import { iterationFigures } from "./iteration-figures";
import type { Lessons } from "./learn-from-rollout";
import type { OtherMeasures, OwnMeasures } from "./measure-completions";
import type { Rollout } from "./rollout";
import { rolloutRows } from "./rollout-rows";
import type { Scored } from "./score-completions";

/** A finished iteration. */
export type Iteration = {
  /** The iteration's number, from 1 on. */
  number: number;
  /** Number of iterations of the run. */
  total: number;
  epoch: number;
  rollout: Rollout;
  /** The share of completions that a reward model could not read. */
  refusedShare: number;
  own: Pick<OwnMeasures, "logProbs">;
  others: OtherMeasures;
  scored: Scored;
  lessons: Lessons;
  seconds: { writing: number; scoring: number; learning: number };
};

/** Reports an iteration: its figures, and its completions token by token. */
export function* tellIteration(
  { number, total, epoch, rollout, refusedShare, own, others, scored, lessons, seconds }: Iteration,
  config: PpoConfig,
  { mixes, pace, tokenizer }: { mixes: readonly Pick<TextMix, "name" | "weight">[]; pace: Pace; tokenizer: Tokenizer },
): Generator<RunEvent> {
  const { samples, written, read } = rollout;
  const { rawScores, scores, estimates, klCoefficient } = scored;
  const { values } = others;
  const all = seconds.writing + seconds.scoring + seconds.learning;
  pace.add(read, all);
  const metrics: Metrics = {
    ...iterationFigures({
      ...config,
      samples,
      rawScores,
      scores,
      logProbs: own.logProbs,
      values,
      estimates,
      klCoefficient,
      policy: lessons.policy,
      value: lessons.value,
      mixes,
    }),
    [ROLLOUT_METRICS.refused]: refusedShare,
    [ROLLOUT_METRICS.generateSpeed]: written / seconds.writing,
    [ROLLOUT_METRICS.scoreSpeed]: read / seconds.scoring,
    [ROLLOUT_METRICS.updateSpeed]: (read * config.ppoEpochs) / seconds.learning,
    [ROLLOUT_METRICS.peakMemory]: (process.resourceUsage().maxRSS * 1024) / 1e9,
  };
  yield {
    type: "step",
    step: number,
    totalSteps: total,
    epoch,
    metrics,
    tokens: read,
    tokensPerSecond: pace.tokensPerSecond(),
    seconds: all,
    etaSeconds: pace.etaSeconds(total - number),
  };
  yield {
    type: "rollouts",
    step: number,
    rollouts: rolloutRows(number, samples, rawScores, estimates, values, tokenizer),
  };
}
