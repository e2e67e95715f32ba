import type { ModelConfig } from "../models/config";
import { withStopIds } from "../models/stop-ids";
import { createTokenizer } from "../tokenizer/create-tokenizer";
import { templatesFromGguf } from "../tokenizer/gguf-templates";
import { tokenizerFilesFromGguf } from "../tokenizer/gguf-tokenizer";
import { templatesForConfig } from "../tokenizer/read-chat-template";
import { fileSystemError, invalidFile } from "./file-errors";
import { configFromGguf } from "./gguf-config";
import type { GgufTensorEntry } from "./gguf-header";
import { readGgufHeader } from "./gguf-header";
import { huggingFaceName, isConv1d, rotaryHeads, unpermuteRotary } from "./gguf-names";
import { ROPE_FREQUENCIES } from "./gguf-rope";
import type { ModelFolder, OpenModelFolder } from "./model-folder";
import { type NamedTensor, openToRead, readExactly, readExactlyNow, transpose } from "./tensor-file";
import { readAll, type TensorInfo, type TensorStore } from "./tensor-store";

/**
 * Opens a GGUF as if it were a Hugging Face folder: it gives tensors as Float32 under their Hugging Face names and with
 * their rows in Hugging Face's order, and rebuilds configuration and tokenizer from the metadata. Errors name file and
 * tensor or key.
 */
export async function openGguf(path: string): Promise<OpenModelFolder> {
  const { metadata, entries: all } = await readGgufHeader(path);
  const entries = all.filter(({ name }) => name !== ROPE_FREQUENCIES);
  const divisors = all.filter(({ name }) => name === ROPE_FREQUENCIES).map((entry) => decodeWhole(path, entry));
  const read = configFromGguf(metadata, entries, path, divisors[0]);
  const templates = templatesFromGguf(metadata);
  const files = tokenizerFilesFromGguf(metadata, path);
  const listed = templatesForConfig(templates.template, templates.others);
  if (listed !== undefined) files.config.chat_template = listed;
  const tokenizer = createTokenizer(files, path, read.eosTokenIds[0]);
  const config = withStopIds(read, [], tokenizer);
  const licence = metadata["general.license"];
  return {
    config,
    tokenizer,
    chatTemplate: templates.template,
    generationConfig: null,
    licence: typeof licence === "string" ? licence : null,
    remarks: templates.remarks,
    tensors: await openTensors(path, entries, config),
  };
}

function decodeWhole(path: string, { name, type, position, byteLength }: GgufTensorEntry): Float32Array {
  const bytes = readExactlyNow(path, position, byteLength);
  if (!bytes) throw invalidFile(path, `tensor ${name}: is cut`);
  return type.decode(bytes);
}

/** Reads a whole GGUF into memory. */
export async function readGguf(path: string): Promise<ModelFolder> {
  const { tensors, licence: _, remarks: __, ...model } = await openGguf(path);
  return { ...model, tensors: await readAll(tensors) };
}

async function openTensors(path: string, entries: GgufTensorEntry[], config: ModelConfig): Promise<TensorStore> {
  const byName = new Map(entries.map((entry) => [huggingFaceName(entry.name, config.family, path), entry]));
  const file = await openToRead(path);
  const info = (name: string, entry: GgufTensorEntry): TensorInfo => ({
    dtype: entry.type.name,
    shape: storedShape(entry, name, config),
  });
  const find = (name: string) => {
    const entry = byName.get(name);
    if (!entry) throw invalidFile(path, `tensor ${name}: is missing`);
    return entry;
  };
  const decode = (bytes: Uint8Array | null, entry: GgufTensorEntry, name: string): NamedTensor => {
    if (!bytes) throw invalidFile(path, `tensor ${entry.name}: is cut`);
    const [rows, columns] = entry.shape;
    const values = entry.type.decode(bytes);
    const heads = rotaryHeads(name, config);
    const data = heads
      ? unpermuteRotary(values, heads, rows! / heads)
      : isConv1d(name, config)
        ? transpose(values, rows!, columns!)
        : values;
    return { ...info(name, entry), data };
  };
  return {
    entries: new Map([...byName].map(([name, entry]) => [name, info(name, entry)])),
    async read(name) {
      const entry = find(name);
      const bytes = await readExactly(file, entry.position, entry.byteLength).catch((error) => {
        throw fileSystemError(path, "read", error);
      });
      return decode(bytes, entry, name);
    },
    readNow(name) {
      const entry = find(name);
      return decode(readExactlyNow(path, entry.position, entry.byteLength), entry, name);
    },
    close: () => file.close(),
  };
}

/** The shape as Hugging Face files store it: GPT-2's Conv1D weights are [in, out] there, [out, in] in a GGUF. */
function storedShape({ shape }: GgufTensorEntry, name: string, config: ModelConfig): number[] {
  return isConv1d(name, config) ? [...shape].reverse() : shape;
}
