import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import type { ModelConfig } from "../models/config";
import { createTokenizer } from "../tokenizer/create-tokenizer";
import { tokenizerFilesFromGguf } from "../tokenizer/gguf-tokenizer";
import type { Tokenizer } from "../tokenizer/types";
import { fileSystemError, invalidFile } from "./file-errors";
import { configFromGguf } from "./gguf-config";
import type { GgufTensorEntry } from "./gguf-header";
import { readGgufHeader } from "./gguf-header";
import { huggingFaceName, rotaryHeads, unpermuteRotary } from "./gguf-names";
import type { NamedTensors } from "./tensor-file";
import { readExactly } from "./tensor-file";

export interface GgufModel {
  config: ModelConfig;
  tokenizer: Tokenizer;
  chatTemplate: string | null;
  tensors: NamedTensors;
}

/**
 * Reads a Llama-family GGUF as if it were a Hugging Face folder: tensors as Float32 under their Hugging Face names and
 * in their order of rows, configuration and tokenizer rebuilt from the metadata. Errors name file and tensor or key.
 */
export async function readGguf(path: string): Promise<GgufModel> {
  const { metadata, entries } = await readGgufHeader(path);
  const config = configFromGguf(metadata, entries, path);
  const tokenizer = createTokenizer(tokenizerFilesFromGguf(metadata, path), path);
  const template = metadata["tokenizer.chat_template"];
  const tensors = await readTensors(path, entries, config);
  return { config, tokenizer, chatTemplate: typeof template === "string" ? template : null, tensors };
}

async function readTensors(path: string, entries: GgufTensorEntry[], config: ModelConfig): Promise<NamedTensors> {
  const tensors: NamedTensors = new Map();
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    for (const { name, type, shape, position, byteLength } of entries) {
      const bytes = await readExactly(file, position, byteLength);
      if (!bytes) throw invalidFile(path, `tensor ${name}: is cut`);
      const heads = rotaryHeads(name, config);
      const values = type.decode(bytes);
      const data = heads ? unpermuteRotary(values, heads, shape[0]! / heads) : values;
      tensors.set(huggingFaceName(name, path), { dtype: type.name, shape, data });
    }
    return tensors;
  } catch (error) {
    throw error instanceof DomainError ? error : fileSystemError(path, "read", error);
  } finally {
    await file?.close();
  }
}
