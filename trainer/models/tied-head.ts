import type { OpenModelFolder } from "../file-formats/model-folder";
import type { ModelConfig } from "./config";
import { embeddingName, LANGUAGE_HEAD, withTie } from "./saved-tensors";

/**
 * Decides from the file whether the output head is the embedding matrix: a head that differs from the embedding is kept
 * and trained on its own, whatever `tie_word_embeddings` says, as transformers 5 does; equal matrices are tied. A GGUF
 * has no such flag, so an equal copy in it is a tied head too.
 */
export async function settleTie(
  { config, tensors }: Pick<OpenModelFolder, "config" | "tensors">,
  hasFlag: boolean,
): Promise<{ config: ModelConfig; notice: string | null }> {
  const head = tensors.entries.get(LANGUAGE_HEAD);
  const full = embeddingName(config);
  const name = tensors.entries.has(full) ? full : full.replace(/^transformer\./, "");
  const embedding = tensors.entries.get(name);
  const isAsked = config.tieWordEmbeddings || !hasFlag;
  if (config.rewardHead || !isAsked || !head || !embedding) return { config, notice: null };
  const isEqual =
    head.dtype === embedding.dtype &&
    head.shape.join() === embedding.shape.join() &&
    sameValues((await tensors.read(LANGUAGE_HEAD)).data, (await tensors.read(name)).data);
  if (isEqual === config.tieWordEmbeddings) return { config, notice: null };
  const notice = isEqual
    ? null
    : '"tie_word_embeddings" is true, but the file has an lm_head.weight that differs from the embeddings: both are used';
  return { config: withTie(config, isEqual), notice };
}

function sameValues(left: ArrayLike<number>, right: ArrayLike<number>): boolean {
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return left.length === right.length;
}
