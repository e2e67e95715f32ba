import type { JsonObject } from "../file-formats/json-file";
import type { Tokenizer } from "../tokenizer/types";
import type { ModelConfig } from "./config";

/**
 * The tokens that end a completion: all that config.json, generation_config.json and the tokenizer name, in that order.
 */
export function unionOfStopIds(
  config: Pick<ModelConfig, "eosTokenIds">,
  generationConfig: JsonObject | null,
  { eosTokenId }: Pick<Tokenizer, "eosTokenId">,
): number[] {
  const listed = [generationConfig?.eos_token_id].flat().filter((id): id is number => typeof id === "number");
  return [...new Set([...config.eosTokenIds, ...listed, eosTokenId])];
}

/**
 * A configuration that names all stop tokens, so that a model is written with the stop tokens that it was read with.
 */
export function withStopIds(
  config: ModelConfig,
  generationConfig: JsonObject | null,
  tokenizer: Pick<Tokenizer, "eosTokenId">,
): ModelConfig {
  return { ...config, eosTokenIds: unionOfStopIds(config, generationConfig, tokenizer) };
}
