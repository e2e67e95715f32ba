import type { JsonObject } from "../file-formats/json-file";
import type { Tokenizer } from "../tokenizer/types";
import type { ModelConfig } from "./config";
import { Fields } from "./config-fields";

/**
 * The ids that generation_config.json ends a completion at: a token id, a list of them, or none.
 * @throws DomainError naming the file and the key
 */
export function stopIdsOf(generationConfig: JsonObject | null, file: string): number[] {
  return generationConfig === null ? [] : new Fields(generationConfig, file).tokenIds("eos_token_id");
}

/**
 * A configuration that names all tokens that end a completion, so that a model is written with the stop tokens that it
 * was read with: those of config.json, of generation_config.json, and the tokenizer's, in that order.
 */
export function withStopIds(
  config: ModelConfig,
  generationStops: readonly number[],
  { eosTokenId }: Pick<Tokenizer, "eosTokenId">,
): ModelConfig {
  return { ...config, eosTokenIds: [...new Set([...config.eosTokenIds, ...generationStops, eosTokenId])] };
}

/**
 * Adds the token by which the chat template ends an answer to the stop tokens: a model that learned from such texts
 * ends its answers with it, whatever its files name.
 */
export function withEndOfTurn(
  { config, tokenizer }: { config: ModelConfig; tokenizer: Pick<Tokenizer, "idToToken"> },
  endOfTurnId: number | null,
): { config: ModelConfig; notice: string | null } {
  if (endOfTurnId === null || config.eosTokenIds.includes(endOfTurnId)) return { config, notice: null };
  return {
    config: { ...config, eosTokenIds: [...config.eosTokenIds, endOfTurnId] },
    notice: `its chat template ends an answer with ${tokenizer.idToToken(endOfTurnId)} (${endOfTurnId}), which none of its files names as an end: it ends a completion as well`,
  };
}
