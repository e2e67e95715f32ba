import * as tf from "@tensorflow/tfjs";
import type { PpoConfig } from "@/domain/runs/run-config";
import { entropy } from "../../losses/entropy";
import type { CausalLanguageModel } from "../../models/types";
import { type ForwardMemory, type PackedCompletions, recomputedLayers } from "../pack-completions";
import { cooledLogits, logProbsOf, logProbsWithin } from "./nucleus";
import type { PolicyHeads } from "./policy-loss";
import type { Within } from "./token-forward";

/**
 * Gives the policy's log-probs as the update takes them: over the nuclei that the tokens were sampled from if top-p is
 * below 1, with the distribution's entropy if the bonus needs it.
 */
export function updatedTokens(
  model: CausalLanguageModel,
  packed: PackedCompletions & Within,
  config: Pick<PpoConfig, "temperature" | "entropyCoefficient"> &
    Partial<Pick<PpoConfig, "advantageEstimator">> &
    ForwardMemory,
): PolicyHeads {
  const withEntropy = config.entropyCoefficient > 0;
  const { nuclei } = packed;
  if (!nuclei) return policyTokens({ model, adapter: true }, packed, { ...config, withEntropy });
  const logits = cooledLogits(model, packed, config.temperature, config);
  return {
    logProbs: logProbsWithin(logits, packed.targets, nuclei),
    entropies: withEntropy ? entropy(logits) : null,
    ...(config.advantageEstimator === "grpo" && { unmasked: logProbsOf(logits, packed.targets) }),
  };
}

/** The policy's (or the reference's) log-probs of the completion tokens from logits/T: [targets]. */
export function policyTokens(
  { model, adapter }: { model: CausalLanguageModel; adapter: boolean },
  packed: PackedCompletions,
  {
    temperature,
    withEntropy = false,
    ...memory
  }: Pick<PpoConfig, "temperature"> & ForwardMemory & { withEntropy?: boolean },
): PolicyHeads {
  const hidden = model.hiddenStates(packed, { adapter, recomputeEvery: recomputedLayers(memory), at: packed.at });
  // logits/T = (h/T)·Eᵀ
  const cooled: tf.Tensor2D = temperature === 1 ? hidden : tf.div(hidden, temperature);
  return {
    logProbs: model.targetLogProbs(cooled, packed.targets),
    entropies: withEntropy ? entropy(model.logits(cooled)) : null,
  };
}

/** The value model's predictions before each completion token: [targets]. */
export function valueTokens(
  model: CausalLanguageModel,
  packed: PackedCompletions,
  memory: ForwardMemory = {},
): tf.Tensor1D {
  const options = { adapter: true, recomputeEvery: recomputedLayers(memory), at: packed.at };
  return model.rewards(model.hiddenStates(packed, options));
}
