import { type Adapter, readAdapter } from "../file-formats/adapter";
import type { JsonObject } from "../file-formats/json-file";
import type { NamedTensors } from "../file-formats/tensor-file";
import type { Tokenizer } from "../tokenizer/types";
import type { ModelConfig } from "./config";
import { type LoadModelFilesOptions, loadModelFiles, type ModelSource } from "./load-model-files";
import { createModel, REWARD_HEAD } from "./transformer-model";
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
  const { tensors, tokenizer, chatTemplate, generationConfig, source } = files;
  const adapter = options.adapter !== undefined ? await readAdapter(options.adapter) : files.adapter;
  const config = adapter ? withAdapterHead(files.config, tensors, adapter) : files.config;
  const model = createModel(config, tensors, {
    source: source.path,
    ...(options.name !== undefined && { name: options.name }),
    ...(options.trainWeights !== undefined && { trainWeights: options.trainWeights }),
  });
  if (adapter) {
    try {
      model.loadAdapter(adapter, options.adapter ?? source.path);
    } catch (error) {
      model.dispose();
      throw error;
    }
    if (options.mergeAdapter) model.mergeAdapter();
  }
  return { model, tokenizer, chatTemplate, generationConfig, source };
}

/** An adapter of a reward model that was made on a language model brings the scalar head along. */
function withAdapterHead(config: ModelConfig, tensors: NamedTensors, adapter: Adapter): ModelConfig {
  const score = adapter.savedTensors.get(REWARD_HEAD);
  if (config.rewardHead || !score) return config;
  tensors.delete("lm_head.weight");
  tensors.set(REWARD_HEAD, { dtype: "F32", shape: score.shape, data: score.data });
  return { ...config, rewardHead: true };
}

/** The tokens that end a completion: of config.json and of generation_config.json (one id or a list). */
export function stopTokenIds({
  model,
  generationConfig,
  tokenizer,
}: Pick<LoadedModel, "generationConfig" | "tokenizer"> & { model: Pick<CausalLanguageModel, "config"> }): number[] {
  const extra = generationConfig?.eos_token_id;
  const listed = (Array.isArray(extra) ? extra : [extra]).filter((id): id is number => typeof id === "number");
  const ids = new Set([...model.config.eosTokenIds, ...listed]);
  return ids.size > 0 ? [...ids] : [tokenizer.eosTokenId];
}
