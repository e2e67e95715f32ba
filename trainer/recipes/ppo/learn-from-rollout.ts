import * as tf from "@tensorflow/tfjs";
import type { PpoConfig } from "@/domain/runs/run-config";
import { callOnce } from "../../engine/compile-named";
import { nonFiniteIteration } from "../non-finite";
import type { Update } from "../update";
import type { Estimates } from "./estimate-advantages";
import { type Lesson, learn, stepsPerIteration } from "./learn";
import type { OtherMeasures, OwnMeasures } from "./measure-completions";
import type { Networks } from "./networks";
import { POLICY_FIGURES } from "./policy-loss";
import type { Rollout, Sample } from "./rollout";
import { packSamples } from "./token-forward";
import { flat, type TokenRows, tokenWeights } from "./token-rows";

/** The results of policy and value model learning from one rollout. */
export type Lessons = { policy: Lesson; value: Lesson | null };

/** The material that they learn from. */
export type Material = { rollout: Rollout; estimates: Estimates } & Pick<OwnMeasures, "oldLogProbs" | "within"> &
  OtherMeasures & { klCoefficient: number };

/**
 * Lets first the policy and then the value model learn from the rollout for some epochs.
 *
 * @throws DomainError `non-finite-loss`
 */
export async function learnFromRollout(
  networks: Pick<Networks, "policy" | "value">,
  material: Material,
  iteration: number,
  config: PpoConfig,
  signal: AbortSignal,
): Promise<Lessons> {
  const { rollout, estimates, oldLogProbs, within, values, referenceLogProbs, klCoefficient } = material;
  const { samples, lengths } = rollout;
  const perIteration = stepsPerIteration(config.rolloutBatchSize * config.samplesPerPrompt, config);
  const at = { iteration, firstStep: iteration * perIteration };
  /** A micro-batch, its tokens' weights in the minibatch, and how their columns are made. */
  const tokensOf = (micro: readonly number[], minibatch: readonly number[]) => {
    const packed = packSamples(
      micro.map((index) => samples[index] as Sample),
      config.microBatchSize,
    );
    const { size } = packed.targets;
    const column = (rows: TokenRows): tf.Tensor1D => flat(rows, micro, size);
    return { packed: { ...packed, weights: tokenWeights(lengths, micro, minibatch, size) }, column, size };
  };

  const policy = await networks.policy.use(
    ({ tools, update }) => {
      const gradients = (micro: readonly number[], minibatch: readonly number[]) => {
        const { packed, column, size } = tokensOf(micro, minibatch);
        return callOnce(tools.gradients, {
          ...packed,
          oldLogProbs: column(oldLogProbs),
          advantages: column(estimates.advantages),
          ...(config.advantageEstimator === "grpo" && {
            referenceLogProbs: column(referenceLogProbs),
            klCoefficient: tf.scalar(klCoefficient),
          }),
          ...within(micro, size),
        });
      };
      const isEnough = (figures: readonly number[]) =>
        config.epochKlLimit !== undefined &&
        (figures[POLICY_FIGURES.indexOf("approxKl")] as number) > config.epochKlLimit;
      const learner = { gradients, update: update as Update, beside: tools.beside, isEnough };
      return learn(learner, lengths, config, at, signal);
    },
    { learning: true },
  );
  let value: Lesson | null = null;
  if (networks.value && values) {
    value = await networks.value.use(
      ({ tools, update }) => {
        const gradients = (micro: readonly number[], minibatch: readonly number[]) => {
          const { packed, column } = tokensOf(micro, minibatch);
          const columns = { oldValues: column(values), returns: column(estimates.returns) };
          return callOnce(tools.gradients, { ...packed, ...columns });
        };
        return learn({ gradients, update: update as Update }, lengths, config, at, signal);
      },
      { learning: true },
    );
  }
  const measured = { policy: oldLogProbs, value: values ?? [] };
  for (const [of, lesson] of Object.entries({ policy, value }) as ["policy" | "value", Lesson | null][]) {
    if (!lesson || [...lesson.losses, ...lesson.gradNorms].every(Number.isFinite)) continue;
    const measuredFinite = measured[of].every((row) => row.every(Number.isFinite));
    throw nonFiniteIteration(config, { ...lesson, iteration: iteration + 1, of, measuredFinite });
  }
  return { policy, value };
}
