import path from "node:path";
import { exists, invalidFile, notFound, unsupportedFile } from "./file-errors";
import { isJsonObject, readJsonObjectIfPresent } from "./json-file";
import { openSafetensors } from "./safetensors";
import type { NamedTensors } from "./tensor-file";
import { readAll, type TensorInfo, type TensorStore } from "./tensor-store";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/** Reads all tensors of a Hugging Face model folder into memory. */
export async function readSafetensorsFolder(folder: string): Promise<NamedTensors> {
  return readAll(await openSafetensorsFolder(folder));
}

/** Opens the tensors of a Hugging Face model folder: one file, or shards named by an index. */
export async function openSafetensorsFolder(folder: string): Promise<TensorStore> {
  if (await exists(path.join(folder, SINGLE))) return openSafetensors(path.join(folder, SINGLE));
  const indexPath = path.join(folder, INDEX);
  const index = await readJsonObjectIfPresent(indexPath);
  if (!index) {
    if (await exists(path.join(folder, "pytorch_model.bin"))) {
      throw unsupportedFile(folder, `holds pytorch_model.bin; only safetensors are read (save it again as ${SINGLE})`);
    }
    throw notFound(folder, `holds no ${SINGLE}`);
  }
  return openShards(folder, indexPath, index.weight_map);
}

async function openShards(folder: string, indexPath: string, weightMap: unknown): Promise<TensorStore> {
  if (!isJsonObject(weightMap)) throw invalidFile(indexPath, '"weight_map" is missing');
  const places = Object.entries(weightMap).map(([name, shard]): [string, string] => {
    // A shard must be a plain file name, because an index must not lead out of its folder.
    if (typeof shard !== "string" || path.basename(shard) !== shard) {
      throw invalidFile(indexPath, `tensor ${name}: "weight_map" should give a file name`);
    }
    return [name, shard];
  });
  const shards = new Map<string, TensorStore>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const shard of new Set(places.map(([, shard]) => shard))) {
      const shardPath = path.join(folder, shard);
      if (!(await exists(shardPath))) throw notFound(shardPath, `is missing, though ${INDEX} names it`);
      shards.set(shard, await openSafetensors(shardPath));
    }
    const stores = new Map<string, TensorStore>();
    const entries = new Map<string, TensorInfo>();
    for (const [name, shard] of places) {
      const info = shards.get(shard)!.entries.get(name);
      if (!info) {
        throw invalidFile(path.join(folder, shard), `tensor ${name}: is missing, though ${INDEX} places it here`);
      }
      stores.set(name, shards.get(shard)!);
      entries.set(name, info);
    }
    const storeOf = (name: string) => {
      const store = stores.get(name);
      if (!store) throw invalidFile(indexPath, `tensor ${name}: is missing`);
      return store;
    };
    return {
      entries,
      read: async (name) => storeOf(name).read(name),
      readNow: (name) => storeOf(name).readNow(name),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
