import { stat } from "node:fs/promises";
import path from "node:path";
import { invalidFile, isMissing, notFound, unsupportedFile } from "./file-errors";
import { isJsonObject, readJsonObjectIfPresent } from "./json-file";
import { readSafetensors } from "./safetensors";
import type { NamedTensors } from "./tensor-file";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/** The tensors of a Hugging Face model folder: one file, or shards named by an index. */
export async function readSafetensorsFolder(folder: string): Promise<NamedTensors> {
  if (await exists(path.join(folder, SINGLE))) return (await readSafetensors(path.join(folder, SINGLE))).tensors;
  const indexPath = path.join(folder, INDEX);
  const index = await readJsonObjectIfPresent(indexPath);
  if (!index) {
    if (await exists(path.join(folder, "pytorch_model.bin"))) {
      throw unsupportedFile(folder, `holds pytorch_model.bin; only safetensors are read (save it again as ${SINGLE})`);
    }
    throw notFound(folder, `holds no ${SINGLE}`);
  }
  return readShards(folder, indexPath, index.weight_map);
}

async function readShards(folder: string, indexPath: string, weightMap: unknown): Promise<NamedTensors> {
  if (!isJsonObject(weightMap)) throw invalidFile(indexPath, '"weight_map" is missing');
  const namesByShard = new Map<string, string[]>();
  for (const [name, shard] of Object.entries(weightMap)) {
    // A shard is a plain file name: an index must not lead out of its folder.
    if (typeof shard !== "string" || path.basename(shard) !== shard) {
      throw invalidFile(indexPath, `tensor ${name}: "weight_map" should give a file name`);
    }
    namesByShard.set(shard, [...(namesByShard.get(shard) ?? []), name]);
  }
  const tensors: NamedTensors = new Map();
  for (const [shard, names] of namesByShard) {
    const shardPath = path.join(folder, shard);
    const read = await readSafetensors(shardPath);
    for (const name of names) {
      const tensor = read.tensors.get(name);
      if (!tensor) throw invalidFile(shardPath, `tensor ${name}: is missing, though ${INDEX} places it here`);
      tensors.set(name, tensor);
    }
  }
  return tensors;
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
