import { readAdapter } from "../file-formats/adapter";
import type { JsonObject } from "../file-formats/json-file";
import type { Tokenizer } from "../tokenizer/types";
import { type LoadModelFilesOptions, loadModelFiles, type ModelSource } from "./load-model-files";
import { systemTurnNotices } from "./model-facts";
import { putSavedTensors } from "./saved-tensors";
import { createModel } from "./transformer-model";
import type { CausalLanguageModel } from "./types";

export interface LoadedModel {
  model: CausalLanguageModel;
  tokenizer: Tokenizer;
  chatTemplate: string | null;
  /** The content of generation_config.json, unchanged. */
  generationConfig: JsonObject | null;
  /** Remarks that the model's user should know. */
  notices: string[];
  /** The model's origin; an adapter made on it names `source.reference` as its base. */
  source: ModelSource;
}

export interface LoadModelOptions extends LoadModelFilesOptions {
  /** Prefix of the variables' names: the model's role, such as `policy`. */
  name?: string;
  /** Whether all weights train; default false. */
  trainWeights?: boolean;
  /** Folder of a PEFT adapter to put on the model. */
  adapter?: string;
  /**
   * Adds the adapter (given, or found where `ref` is an adapter folder) into the weights, which makes the model fastest
   * to run.
   */
  mergeAdapter?: boolean;
}

/**
 * Loads a model from a folder, a GGUF, a hub id or a name of the catalogue. `loadBackend()` must have been called.
 * @throws DomainError that names the file, and the key or tensor
 */
export async function loadModel(ref: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const files = await loadModelFiles(ref, options);
  const { tensors, tokenizer, chatTemplate, generationConfig, source } = files;
  const notices = [...files.notices, ...systemTurnNotices(files)];
  const adapter = options.adapter !== undefined ? await readAdapter(options.adapter) : files.adapter;
  const isGiven = options.adapter !== undefined && adapter !== undefined;
  const config = isGiven ? putSavedTensors(files.config, tensors, adapter, options.adapter as string) : files.config;
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
  return { model, tokenizer, chatTemplate, generationConfig, notices, source };
}

/**
 * The tokens that end a completion: those of config.json, generation_config.json, tokenizer and chat template, which
 * were put together when the model was read.
 */
export const stopTokenIds = ({ model }: { model: Pick<CausalLanguageModel, "config"> }): number[] =>
  model.config.eosTokenIds;
