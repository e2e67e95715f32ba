import { readAdapter } from "../checkpoints/adapter";
import type { JsonObject } from "../checkpoints/json-file";
import type { Tokenizer } from "../tokenizer/types";
import { type LoadModelFilesOptions, loadModelFiles, type ModelSource } from "./load-model-files";
import { createModel } from "./transformer-model";
import type { CausalLanguageModel } from "./types";

export interface LoadedModel {
  model: CausalLanguageModel;
  tokenizer: Tokenizer;
  chatTemplate: string | null;
  /** generation_config.json as it is. */
  generationConfig: JsonObject | null;
  /** Where it came from; `source.reference` is what an adapter made on it names as its base. */
  source: ModelSource;
}

export interface LoadModelOptions extends LoadModelFilesOptions {
  /** Prefix of its variables' names: the model's role, such as `policy`. */
  name?: string;
  /** Whether all weights train; default false. */
  trainWeights?: boolean;
  /** Folder of a PEFT adapter to put on it. */
  adapter?: string;
  /** Adds the adapter (given, or found where `ref` is an adapter folder) into the weights: fastest to run. */
  mergeAdapter?: boolean;
}

/**
 * Loads a model from a folder, a GGUF, a hub id or a name of the catalogue. `loadBackend()` must have been called.
 * @throws DomainError that names the file, and the key or tensor
 */
export async function loadModel(ref: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const files = await loadModelFiles(ref, options);
  const { config, tensors, tokenizer, chatTemplate, generationConfig, source } = files;
  const model = createModel(config, tensors, {
    source: source.path,
    ...(options.name !== undefined && { name: options.name }),
    ...(options.trainWeights !== undefined && { trainWeights: options.trainWeights }),
  });
  const adapter = options.adapter !== undefined ? await readAdapter(options.adapter) : files.adapter;
  if (adapter) {
    model.loadAdapter(adapter, options.adapter ?? source.path);
    if (options.mergeAdapter) model.mergeAdapter();
  }
  return { model, tokenizer, chatTemplate, generationConfig, source };
}

/** The tokens that end a completion: of config.json and of generation_config.json (one id or a list). */
export function stopTokenIds({ model, generationConfig, tokenizer }: LoadedModel): number[] {
  const extra = generationConfig?.eos_token_id;
  const listed = (Array.isArray(extra) ? extra : [extra]).filter((id): id is number => typeof id === "number");
  const ids = new Set([...model.config.eosTokenIds, ...listed]);
  return ids.size > 0 ? [...ids] : [tokenizer.eosTokenId];
}
