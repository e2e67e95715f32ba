import type { ModelConfig } from "../models/config";
import { createTokenizer } from "../tokenizer/create-tokenizer";
import { tokenizerFilesFromGguf } from "../tokenizer/gguf-tokenizer";
import { fileSystemError, invalidFile } from "./file-errors";
import { configFromGguf } from "./gguf-config";
import type { GgufTensorEntry } from "./gguf-header";
import { readGgufHeader } from "./gguf-header";
import { huggingFaceName, isConv1d, rotaryHeads, unpermuteRotary } from "./gguf-names";
import type { ModelFolder, OpenModelFolder } from "./model-folder";
import { openToRead, readExactly, transpose } from "./tensor-file";
import { readAll, type TensorStore } from "./tensor-store";

/**
 * Opens a GGUF as if it were a Hugging Face folder: tensors as Float32 under their Hugging Face names and in their order
 * of rows, configuration and tokenizer rebuilt from the metadata. Errors name file and tensor or key.
 */
export async function openGguf(path: string): Promise<OpenModelFolder> {
  const { metadata, entries } = await readGgufHeader(path);
  const config = configFromGguf(metadata, entries, path);
  const tokenizer = createTokenizer(tokenizerFilesFromGguf(metadata, path), path);
  const template = metadata["tokenizer.chat_template"];
  const licence = metadata["general.license"];
  return {
    config,
    tokenizer,
    chatTemplate: typeof template === "string" ? template : null,
    generationConfig: null,
    licence: typeof licence === "string" ? licence : null,
    tensors: await openTensors(path, entries, config),
  };
}

/** Reads a GGUF whole. */
export async function readGguf(path: string): Promise<ModelFolder> {
  const { tensors, licence: _, ...model } = await openGguf(path);
  return { ...model, tensors: await readAll(tensors) };
}

async function openTensors(path: string, entries: GgufTensorEntry[], config: ModelConfig): Promise<TensorStore> {
  const byName = new Map(entries.map((entry) => [huggingFaceName(entry.name, config.family, path), entry]));
  const file = await openToRead(path);
  return {
    entries: new Map(
      [...byName].map(([name, entry]) => [name, { dtype: entry.type.name, shape: storedShape(entry, name, config) }]),
    ),
    async read(name) {
      const entry = byName.get(name);
      if (!entry) throw invalidFile(path, `tensor ${name}: is missing`);
      const { type, shape, position, byteLength } = entry;
      const bytes = await readExactly(file, position, byteLength).catch((error) => {
        throw fileSystemError(path, "read", error);
      });
      if (!bytes) throw invalidFile(path, `tensor ${entry.name}: is cut`);
      const values = type.decode(bytes);
      const heads = rotaryHeads(name, config);
      const data = heads
        ? unpermuteRotary(values, heads, shape[0]! / heads)
        : isConv1d(name, config)
          ? transpose(values, shape[0]!, shape[1]!)
          : values;
      return { dtype: type.name, shape: storedShape(entry, name, config), data };
    },
    close: () => file.close(),
  };
}

/** GPT-2's Conv1D weights are [in, out] in Hugging Face files, [out, in] in a GGUF. */
function storedShape({ shape }: GgufTensorEntry, name: string, config: ModelConfig): number[] {
  return isConv1d(name, config) ? [...shape].reverse() : shape;
}
