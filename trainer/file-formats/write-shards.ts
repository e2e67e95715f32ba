import path from "node:path";
import { writeJson } from "./json-file";
import { writeSafetensorsOutputs } from "./safetensors";
import type { TensorOutput } from "./tensor-file";

/** The Hugging Face libraries split at this size, too. */
export const MAX_SHARD_BYTES = 5e9;

/**
 * Writes a model's tensors into a folder: `model.safetensors`, or, if they are larger than `maxBytes`, several shards
 * `model-00001-of-00003.safetensors` … and `model.safetensors.index.json`, which says where each tensor is. Shards fill
 * in the order given; a tensor larger than a shard has one of its own.
 */
export async function writeShards(
  folder: string,
  outputs: readonly TensorOutput[],
  maxBytes = MAX_SHARD_BYTES,
): Promise<void> {
  const shards = split(outputs, maxBytes);
  const [only] = shards;
  if (shards.length <= 1) return writeSafetensorsOutputs(path.join(folder, "model.safetensors"), only ?? []);
  const places: [string, string][] = [];
  for (const [index, shard] of shards.entries()) {
    const name = `model-${numbered(index + 1)}-of-${numbered(shards.length)}.safetensors`;
    await writeSafetensorsOutputs(path.join(folder, name), shard);
    places.push(...shard.map((output): [string, string] => [output.name, name]));
  }
  const totalBytes = outputs.reduce((sum, { byteLength }) => sum + byteLength, 0);
  places.sort(([a], [b]) => (a < b ? -1 : 1));
  await writeJson(path.join(folder, "model.safetensors.index.json"), {
    metadata: { total_size: totalBytes },
    weight_map: Object.fromEntries(places),
  });
}

function split(outputs: readonly TensorOutput[], maxBytes: number): TensorOutput[][] {
  const shards: TensorOutput[][] = [];
  let free = 0;
  for (const output of outputs) {
    const last = shards.at(-1);
    if (last && output.byteLength <= free) last.push(output);
    else {
      shards.push([output]);
      free = maxBytes;
    }
    free -= output.byteLength;
  }
  return shards;
}

const numbered = (n: number) => String(n).padStart(5, "0");
