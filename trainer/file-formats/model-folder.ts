import path from "node:path";
import type { ModelConfig } from "../models/config";
import { parseModelConfig } from "../models/config";
import { ropeToWrite } from "../models/rope-scaling";
import { stopIdsOf, withStopIds } from "../models/stop-ids";
import { createTokenizer, SPECIAL_TOKENS } from "../tokenizer/create-tokenizer";
import { otherTemplates, readChatTemplates, templatesForConfig } from "../tokenizer/read-chat-template";
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
  /** What its files leave open or say in two ways, and what was taken: sentences without a full stop. */
  remarks: string[];
}

/** Reads a Hugging Face model folder (safetensors only). Errors name the file and the key or tensor. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const { tensors, licence: _, remarks: __, ...model } = await openModelFolder(folder);
  return { ...model, tensors: await readAll(tensors) };
}

/** Reads everything in a Hugging Face model folder except its tensors. */
export async function openModelFolder(folder: string): Promise<OpenModelFolder> {
  const configPath = path.join(folder, "config.json");
  const config = parseModelConfig(await readJsonObject(configPath), configPath);
  const generationPath = path.join(folder, "generation_config.json");
  const generationConfig = await readJsonObjectIfPresent(generationPath);
  const generationStops = stopIdsOf(generationConfig, generationPath);
  const { tokenizer, chatTemplate, remarks } = await readTokenizer(folder, config.eosTokenIds[0] ?? generationStops[0]);
  const licence = licenceOf(await readTextIfPresent(path.join(folder, "README.md")));
  return {
    config: withStopIds(config, generationStops, tokenizer),
    tokenizer,
    chatTemplate,
    generationConfig,
    licence,
    remarks,
    tensors: await openSafetensorsFolder(folder),
  };
}

/** The `license:` in the YAML that a model card begins with. */
function licenceOf(card: string | null): string | null {
  const [, head = ""] = /^---\r?\n(.*?)\r?\n---/s.exec(card ?? "") ?? [];
  return /^license:[ \t]*["']?([\w.-]+)/m.exec(head)?.[1] ?? null;
}

/** Reads the tokenizer and the chat templates of a folder. */
export async function readTokenizer(
  folder: string,
  fallbackEosTokenId?: number,
): Promise<{ tokenizer: Tokenizer; chatTemplate: string | null; remarks: string[] }> {
  const tokenizerPath = path.join(folder, "tokenizer.json");
  const found = (await readJsonObjectIfPresent(path.join(folder, "tokenizer_config.json"))) ?? {};
  const templates = await readChatTemplates(folder, found);
  const { chat_template: _, ...settings } = found;
  const listed = templatesForConfig(templates.template, templates.others);
  const config = {
    ...(await readSpecialTokens(path.join(folder, "special_tokens_map.json"))),
    ...settings,
    ...(listed !== undefined && { chat_template: listed }),
  };
  const tokenizer = createTokenizer(
    { tokenizer: await readJsonObject(tokenizerPath), config },
    tokenizerPath,
    fallbackEosTokenId,
  );
  const unknown = unknownSpecialTokens(tokenizer).map(
    ([name, token]) => `its tokenizer calls ${token} its ${name}, but has no such token: it is ignored`,
  );
  return { tokenizer, chatTemplate: templates.template, remarks: [...templates.remarks, ...unknown] };
}

/** Older repositories name their special tokens in a file of its own, which counts where tokenizer_config.json names none. */
async function readSpecialTokens(file: string): Promise<JsonObject> {
  const found = await readJsonObjectIfPresent(file);
  return Object.fromEntries(Object.entries(found ?? {}).filter(([name]) => SPECIAL_TOKENS.includes(name)));
}

function unknownSpecialTokens({ specialTokens, tokenToId }: Tokenizer): [name: string, token: string][] {
  return Object.entries(specialTokens).filter(([, token]) => tokenToId(token) === undefined);
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
  const { chat_template: _, ...found } = tokenizer.files.config;
  const tokenizerConfig: JsonObject =
    found.tokenizer_class === TRANSFORMERS_5_CLASS ? { ...found, tokenizer_class: CLASS_OF_BOTH } : found;
  // Templates for special uses are kept in one list, which transformers 4 and 5 both read.
  const named = templatesForConfig(chatTemplate, otherTemplates(tokenizer.files.config));
  if (named !== undefined) {
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
