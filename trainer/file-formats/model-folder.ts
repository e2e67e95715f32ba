import path from "node:path";
import type { ModelConfig } from "../models/config";
import { parseModelConfig } from "../models/config";
import { ropeToWrite } from "../models/rope-scaling";
import { withStopIds } from "../models/stop-ids";
import { createTokenizer } from "../tokenizer/create-tokenizer";
import { templateOfConfig } from "../tokenizer/read-chat-template";
import type { Tokenizer } from "../tokenizer/types";
import { writeFileAtomically, writeFolderAtomically } from "./atomic-write";
import type { JsonObject } from "./json-file";
import { readJsonObject, readJsonObjectIfPresent, readTextIfPresent, writeJson } from "./json-file";
import { outputsOf } from "./safetensors";
import { openSafetensorsFolder } from "./safetensors-folder";
import type { NamedTensor, NamedTensors } from "./tensor-file";
import { readAll, type TensorStore } from "./tensor-store";
import { MAX_SHARD_BYTES, writeShards } from "./write-shards";

/** Everything that a Hugging Face model folder holds, in memory. */
export interface ModelFolder {
  config: ModelConfig;
  tensors: NamedTensors;
  tokenizer: Tokenizer;
  chatTemplate: string | null;
  /** The content of generation_config.json, unchanged; null for a folder without one. */
  generationConfig: JsonObject | null;
}

/** A model folder whose tensors are still on disk. */
export interface OpenModelFolder extends Omit<ModelFolder, "tensors"> {
  tensors: TensorStore;
  /** The licence that the model card or the GGUF states, such as `apache-2.0`; null if neither states one. */
  licence: string | null;
}

/** Reads a Hugging Face model folder (safetensors only). Errors name the file and the key or tensor. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const { tensors, licence: _, ...model } = await openModelFolder(folder);
  return { ...model, tensors: await readAll(tensors) };
}

/** Reads everything in a Hugging Face model folder except its tensors. */
export async function openModelFolder(folder: string): Promise<OpenModelFolder> {
  const configPath = path.join(folder, "config.json");
  const config = parseModelConfig(await readJsonObject(configPath), configPath);
  const { tokenizer, chatTemplate } = await readTokenizer(folder, config.eosTokenIds[0]);
  const generationConfig = await readJsonObjectIfPresent(path.join(folder, "generation_config.json"));
  const licence = licenceOf(await readTextIfPresent(path.join(folder, "README.md")));
  return {
    config: withStopIds(config, generationConfig, tokenizer),
    tokenizer,
    chatTemplate,
    generationConfig,
    licence,
    tensors: await openSafetensorsFolder(folder),
  };
}

/** The `license:` in the YAML that a model card begins with. */
function licenceOf(card: string | null): string | null {
  const [, head = ""] = /^---\r?\n(.*?)\r?\n---/s.exec(card ?? "") ?? [];
  return /^license:[ \t]*["']?([\w.-]+)/m.exec(head)?.[1] ?? null;
}

/**
 * Reads the tokenizer and chat template of a folder; the template has its own file, or stands in tokenizer_config.json.
 */
export async function readTokenizer(
  folder: string,
  fallbackEosTokenId?: number,
): Promise<{ tokenizer: Tokenizer; chatTemplate: string | null }> {
  const tokenizerPath = path.join(folder, "tokenizer.json");
  const configPath = path.join(folder, "tokenizer_config.json");
  const config = (await readJsonObjectIfPresent(configPath)) ?? {};
  const files = { tokenizer: await readJsonObject(tokenizerPath), config };
  const template =
    (await readTextIfPresent(path.join(folder, "chat_template.jinja"))) ?? templateOfConfig(config, configPath);
  return { tokenizer: createTokenizer(files, tokenizerPath, fallbackEosTokenId), chatTemplate: template };
}

export interface ModelFolderContent extends Omit<ModelFolder, "tensors"> {
  tensors: ReadonlyMap<string, Pick<NamedTensor, "shape" | "data">>;
}

/**
 * Writes a folder that `transformers` loads with AutoModel and AutoTokenizer. The folder appears complete or not at all
 * and replaces an older one. Weights of more than `maxShardBytes` are split into shards.
 */
export async function writeModelFolder(
  folder: string,
  { tensors, ...model }: ModelFolderContent,
  { maxShardBytes = MAX_SHARD_BYTES } = {},
): Promise<void> {
  await writeFolderAtomically(folder, async (temporary) => {
    await writeShards(temporary, outputsOf(tensors, folder), maxShardBytes);
    await writeModelDescription(temporary, model);
  });
}

/**
 * Writes everything in a model folder except its tensors. `dtype` is the type that the tensors are written in, as
 * config.json spells it.
 */
export async function writeModelDescription(
  folder: string,
  { config, tokenizer, chatTemplate, generationConfig }: Omit<ModelFolder, "tensors">,
  dtype = "float32",
): Promise<void> {
  const inside = (name: string) => path.join(folder, name);
  await writeJson(inside("config.json"), configToWrite(config, dtype));
  await writeTokenizer(folder, tokenizer, chatTemplate);
  if (config.rewardHead) return;
  const generation = { ...(generationConfig ?? tokenIdsOf(config)), eos_token_id: oneOrList(config.eosTokenIds) };
  await writeJson(inside("generation_config.json"), generation);
}

/** transformers 5 calls its tokenizer class by a name that transformers 4 does not know, and knows the old name too. */
const TRANSFORMERS_5_CLASS = "TokenizersBackend";
const CLASS_OF_BOTH = "PreTrainedTokenizerFast";

/** Writes the files that AutoTokenizer loads. */
export async function writeTokenizer(folder: string, tokenizer: Tokenizer, chatTemplate: string | null): Promise<void> {
  const inside = (name: string) => path.join(folder, name);
  // The file has one line, because a vocabulary of 49,152 tokens would take half a million lines.
  await writeFileAtomically(inside("tokenizer.json"), `${JSON.stringify(tokenizer.files.tokenizer)}\n`);
  const { chat_template: templates, ...found } = tokenizer.files.config;
  const tokenizerConfig: JsonObject =
    found.tokenizer_class === TRANSFORMERS_5_CLASS ? { ...found, tokenizer_class: CLASS_OF_BOTH } : found;
  if (Array.isArray(templates) && chatTemplate !== null) {
    // Further templates (for tools, for retrieval) are kept, in one list, as transformers reads them.
    const others = (templates as { name: string }[]).filter(({ name }) => name !== "default");
    const named = [...others, { name: "default", template: chatTemplate }];
    await writeJson(inside("tokenizer_config.json"), { ...tokenizerConfig, chat_template: named });
    return;
  }
  await writeJson(inside("tokenizer_config.json"), tokenizerConfig);
  if (chatTemplate !== null) await writeFileAtomically(inside("chat_template.jinja"), chatTemplate);
}

/** The raw config.json with the values that training may have changed: the head, the type of the numbers. */
function configToWrite(config: ModelConfig, dtype: string): JsonObject {
  const base = config.family === "llama" ? "Llama" : "GPT2";
  const head = config.family === "llama" ? "ForCausalLM" : "LMHeadModel";
  const written: JsonObject = {
    ...config.raw,
    ...(config.family === "llama" && ropeToWrite(config)),
    // transformers 5 reads `dtype`, transformers 4 `torch_dtype`.
    dtype,
    torch_dtype: dtype,
    eos_token_id: oneOrList(config.eosTokenIds),
  };
  if (config.rewardHead) {
    written.architectures = [`${base}ForSequenceClassification`];
    written.id2label = { "0": "LABEL_0" };
    written.label2id = { LABEL_0: 0 };
    written.pad_token_id = config.padTokenId;
  } else {
    written.architectures = [base + head];
  }
  return written;
}

function tokenIdsOf({ bosTokenId, padTokenId }: ModelConfig): JsonObject {
  return { bos_token_id: bosTokenId, eos_token_id: null, pad_token_id: padTokenId };
}

const oneOrList = (ids: readonly number[]) =>
  ids.length === 1 ? (ids[0] ?? null) : ids.length === 0 ? null : [...ids];
