import type { DomainError } from "@/domain/errors";
import type { Adapter } from "../file-formats/adapter";
import { invalidFile, unsupportedFile } from "../file-formats/file-errors";
import type { NamedTensors } from "../file-formats/tensor-file";
import type { ModelConfig } from "./config";
import { tensorShapes } from "./tensor-shapes";

export const LANGUAGE_HEAD = "lm_head.weight";
const REWARD_HEAD = "score.weight";

/** Makes the error for a tensor that the model's file lacks, with what to do about a head. */
export function missingTensor(name: string, place: string): DomainError {
  const wayOut =
    name === LANGUAGE_HEAD
      ? ', and "tie_word_embeddings" does not say that the embeddings stand for it; set it to true in config.json if they do'
      : "";
  return invalidFile(place, `tensor ${name}: is missing${wayOut}`);
}

/** Name of the matrix that turns token ids into vectors. */
export function embeddingName({ family }: Pick<ModelConfig, "family">): string {
  return family === "gpt2" ? "transformer.wte.weight" : "model.embed_tokens.weight";
}

/** A copy of a model's configuration that says whether the output head is the embedding matrix. */
export function withTie<Config extends ModelConfig>(config: Config, tieWordEmbeddings: boolean): Config {
  return { ...config, tieWordEmbeddings, raw: { ...config.raw, tie_word_embeddings: tieWordEmbeddings } };
}

/**
 * The configuration of a model on which the adapter's whole tensors are in place: a scalar head makes it a reward
 * model, and an output head or a copy of the embedding (PEFT's `modules_to_save`) is no longer tied to its counterpart.
 */
export function configWithSaved(config: ModelConfig, adapter: Adapter): ModelConfig {
  const { savedTensors } = adapter;
  if (config.rewardHead || savedTensors.has(REWARD_HEAD)) return { ...config, rewardHead: true };
  const embedding = embeddingName(config);
  // An embedding that `modules_to_save` does not list was written as part of the base (`save_embedding_layers`) and
  // stays tied.
  const isCopied =
    savedTensors.has(embedding) && (adapter.modulesToSave ?? []).some((name) => isModule(embedding, name));
  return config.tieWordEmbeddings && (savedTensors.has(LANGUAGE_HEAD) || isCopied) ? withTie(config, false) : config;
}

/** PEFT finds a module by the end of its name. */
function isModule(tensor: string, module: string): boolean {
  const name = tensor.replace(/\.(weight|bias)$/, "");
  return name === module || name.endsWith(`.${module}`);
}

/**
 * Names the base's tensor that stands in for one that the base's file lacks: a head that was tied until an adapter
 * brought an embedding of its own is the base's embedding.
 */
export function standInFor(name: string, before: ModelConfig, after: ModelConfig): string | undefined {
  return name === LANGUAGE_HEAD && before.tieWordEmbeddings && !after.tieWordEmbeddings
    ? embeddingName(before)
    : undefined;
}

/**
 * Puts an adapter's whole tensors in the place of the base's, which are not changed on disk.
 * @returns the model's configuration after the replacement
 * @throws DomainError naming a tensor that has no place in this model
 */
export function putSavedTensors(
  config: ModelConfig,
  tensors: NamedTensors,
  adapter: Adapter,
  place: string,
): ModelConfig {
  const after = configWithSaved(config, adapter);
  checkSaved(adapter, tensorShapes(after), place);
  const stored = (name: string) => (tensors.has(name) ? name : name.replace(/^transformer\./, ""));
  const standIn = standInFor(LANGUAGE_HEAD, config, after);
  const former = standIn && tensors.get(stored(standIn));
  if (former) tensors.set(LANGUAGE_HEAD, former);
  if (after.rewardHead) tensors.delete(LANGUAGE_HEAD);
  for (const [name, { shape, data }] of adapter.savedTensors) {
    tensors.delete(stored(name));
    tensors.set(name, { dtype: "F32", shape, data });
  }
  return after;
}

/**
 * Checks that every whole tensor of the adapter fits the model.
 * @throws DomainError naming a tensor that has no place in the model, or another shape
 */
export function checkSaved({ savedTensors }: Adapter, shapes: ReadonlyMap<string, number[]>, place: string): void {
  for (const [name, { shape }] of savedTensors) {
    if (shapes.get(name)?.join() !== shape.join()) {
      throw unsupportedFile(place, `the adapter's tensor ${name} [${shape}] does not fit this model`);
    }
  }
}
