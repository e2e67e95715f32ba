import { createRandom } from "../engine/random";
import type { ModelFiles } from "../models/load-model-files";

/** The reward head's name in checkpoints of `transformers`' sequence classifiers. */
export const REWARD_HEAD = "score.weight";

/**
 * Turns a language model's files into those of a reward model: a scalar head takes the place of the language head,
 * normally distributed with the family's own initial width, from the seed. Files of a reward model are left as they
 * are.
 */
export function withRewardHead(files: ModelFiles, seed: number): ModelFiles {
  const { config, tensors } = files;
  if (config.rewardHead) return files;
  const width = config.raw.initializer_range;
  const range = typeof width === "number" ? width : 0.02;
  const random = createRandom(seed);
  const data = Float32Array.from({ length: config.hiddenSize }, () => random.normal() * range);
  tensors.delete("lm_head.weight");
  tensors.set(REWARD_HEAD, { dtype: "F32", shape: [1, config.hiddenSize], data });
  // transformers finds a sequence's last token by the padding token, so a reward model must name one.
  const padTokenId = config.padTokenId ?? files.tokenizer.padTokenId ?? files.tokenizer.eosTokenId;
  return { ...files, config: { ...config, rewardHead: true, padTokenId } };
}
