import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { derivedSeed } from "../../engine/derived-seed";
import type { Networks } from "./networks";
import type { PpoPrompt } from "./prepare-ppo";
import { type HowToWrite, sampleCompletions } from "./sample-completions";
import type { Scorer } from "./score-samples";
import { sortOutRefused } from "./sort-out-refused";

/** Separates these seeds from those of the rollouts, so that a look changes nothing in what is learned. */
const STREAM = 0xe7a;

/**
 * Measures what the policy earns on prompts that it does not train on: one completion of each, sampled as the rollouts
 * are, and scored by the run's scorer. If the reward rises in training and falls here, the policy has found a way
 * around what the reward stands for. All looks share their random numbers, so that two of them differ by what was
 * learned alone.
 */
export async function* scoreHeldOut(
  { networks, scorer }: { networks: Pick<Networks, "policy">; scorer: Scorer },
  prompts: readonly PpoPrompt[],
  at: { step: number; epoch: number },
  config: PpoConfig,
  how: HowToWrite,
  told: Set<string>,
): AsyncGenerator<RunEvent> {
  const draw = {
    seed: derivedSeed(config.seed, STREAM),
    samplesPerPrompt: 1,
    phase: "validating" as const,
    message: "Answering held-out prompts",
  };
  const written = yield* networks.policy.during(({ tools }) =>
    sampleCompletions(tools.generator, prompts, draw, config, how),
  );
  const { readable } = yield* sortOutRefused(written, scorer, told, "the held-out prompts");
  if (readable.length === 0) return;
  const scores = await scorer.score(readable, how.signal);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  yield { type: "evaluation", ...at, metrics: { [ROLLOUT_METRICS.evalScores]: mean } };
}
