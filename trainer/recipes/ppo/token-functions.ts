import * as tf from "@tensorflow/tfjs";
import type { PpoConfig } from "@/domain/runs/run-config";
import { entropy } from "../../losses/entropy";
import { packedTensorCount, packedTensorsFrom } from "../../models/packing";
import type { CausalLanguageModel } from "../../models/types";
import { type ForwardMemory, recomputedLayers } from "../pack-completions";
import { cooledLogits, logProbsWithin } from "./nucleus";

type Heads = { logProbs: tf.Tensor1D; entropies: tf.Tensor1D | null };

/**
 * The policy's log-probs as the update takes them: over the nuclei that the tokens were sampled from where top-p is below
 * 1, with the distribution's entropy where the bonus asks for it.
 */
export function updatedTokens(
  model: CausalLanguageModel,
  packed: readonly tf.Tensor[],
  nuclei: tf.Tensor2D | null,
  config: Pick<PpoConfig, "temperature" | "entropyCoefficient"> & ForwardMemory,
): Heads {
  const withEntropy = config.entropyCoefficient > 0;
  if (!nuclei) return policyTokens({ model, adapter: true }, packed, { ...config, withEntropy });
  const logits = cooledLogits(model, packed, config.temperature, config);
  const targets = packed[packedTensorCount + 1] as tf.Tensor1D;
  return { logProbs: logProbsWithin(logits, targets, nuclei), entropies: withEntropy ? entropy(logits) : null };
}

/** The policy's (or the reference's) log-probs of the completion tokens from logits/T: [targets]. */
export function policyTokens(
  { model, adapter }: { model: CausalLanguageModel; adapter: boolean },
  packed: readonly tf.Tensor[],
  {
    temperature,
    withEntropy = false,
    ...memory
  }: Pick<PpoConfig, "temperature"> & ForwardMemory & { withEntropy?: boolean },
): Heads {
  const [positions, targets] = packed.slice(packedTensorCount) as [tf.Tensor1D, tf.Tensor1D];
  const options = { adapter, recomputeEvery: recomputedLayers(memory), at: positions };
  const hidden = model.hiddenStates(packedTensorsFrom(packed), options);
  // logits/T = (h/T)·Eᵀ
  const cooled: tf.Tensor2D = temperature === 1 ? hidden : tf.div(hidden, temperature);
  return {
    logProbs: model.targetLogProbs(cooled, targets),
    entropies: withEntropy ? entropy(model.logits(cooled)) : null,
  };
}

/** What the value model expects before each completion token: [targets]. */
export function valueTokens(
  model: CausalLanguageModel,
  packed: readonly tf.Tensor[],
  memory: ForwardMemory = {},
): tf.Tensor1D {
  const at = packed[packedTensorCount] as tf.Tensor1D;
  const options = { adapter: true, recomputeEvery: recomputedLayers(memory), at };
  return model.rewards(model.hiddenStates(packedTensorsFrom(packed), options));
}
