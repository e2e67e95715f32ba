import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { WeightType } from "@/domain/models/export-options";
import { ENCODINGS, type Encoding, encodeTensor } from "../file-formats/encode-tensor";
import { ggufMetadata } from "../file-formats/gguf-metadata";
import { ggufName, isConv1d, permuteRotary, rotaryHeads } from "../file-formats/gguf-names";
import { ROPE_FREQUENCIES, ropeToGguf } from "../file-formats/gguf-rope";
import type { JsonObject } from "../file-formats/json-file";
import { writeModelDescription } from "../file-formats/model-folder";
import { elementCount, transpose } from "../file-formats/tensor-file";
import { writeGguf } from "../file-formats/write-gguf";
import { writeShards } from "../file-formats/write-shards";
import type { ModelConfig } from "../models/config";
import type { FetchOptions } from "../models/fetch-progress";
import type { Tokenizer } from "../tokenizer/types";
import type { MergedWeights } from "./merged-weights";
import type { CardContent } from "./model-card";

/** The parts of a model besides its weights. */
interface Described {
  tokenizer: Tokenizer;
  chatTemplate: string | null;
  generationConfig: JsonObject | null;
  content: CardContent;
  /** The place that the model came from, for messages. */
  place: string;
}

const HUGGING_FACE_TYPE: Partial<Record<WeightType, string>> = { F32: "float32", F16: "float16", BF16: "bfloat16" };

/** Writes model.safetensors, or its shards and their index, and all that `transformers` needs beside it. */
export async function writeSafetensorsModel(
  folder: string,
  weights: MergedWeights,
  { content, place, ...described }: Described,
  { maxShardBytes, ...step }: FetchOptions & { maxShardBytes?: number },
): Promise<void> {
  const encoding = ENCODINGS[content.type];
  const outputs = [...weights.shapes].map(([name, shape]) => ({
    name,
    shape,
    dtype: encoding.name,
    byteLength: byteLength(shape, encoding),
    bytes: async () => encodeTensor(await weights.read(name), encoding, name, place),
  }));
  await writeShards(folder, counted(outputs, "model.safetensors", step), maxShardBytes);
  await writeModelDescription(folder, { ...described, config: weights.config }, HUGGING_FACE_TYPE[content.type]);
}

/** Writes one file with everything in it; norms, biases and positions stay in F32, as in llama.cpp's own converter. */
export async function writeGgufModel(
  folder: string,
  weights: MergedWeights,
  { content, place, tokenizer, chatTemplate }: Described,
  step: FetchOptions,
): Promise<void> {
  const { config } = weights;
  const { type, title } = content;
  const { licence } = content.base;
  const metadata = ggufMetadata({ config, tokenizer, chatTemplate, type, title, licence, place });
  const outputs = [...weights.shapes].map(([name, stored]) => {
    const shape = isConv1d(name, config) ? [...stored].reverse() : stored;
    const encoding = ggufEncoding(name, shape, type);
    return {
      name: ggufName(name, config.family, place),
      shape,
      type: encoding.ggufType,
      byteLength: byteLength(shape, encoding),
      bytes: async () =>
        encodeTensor(inGgufOrder(await weights.read(name), name, config, stored), encoding, name, place),
    };
  });
  const { divisors } = ropeToGguf(config, place);
  if (divisors) {
    outputs.push({
      name: ROPE_FREQUENCIES,
      shape: [divisors.length],
      type: ENCODINGS.F32.ggufType,
      byteLength: divisors.byteLength,
      bytes: async () => encodeTensor(divisors, ENCODINGS.F32, ROPE_FREQUENCIES, place),
    });
  }
  const file = path.join(folder, `model-${type}.gguf`);
  await writeGguf(file, metadata, counted(outputs, path.basename(file), step));
}

function ggufEncoding(name: string, shape: number[], type: WeightType): Encoding {
  if (shape.length === 1 || name === "transformer.wpe.weight") return ENCODINGS.F32;
  const encoding = ENCODINGS[type];
  return shape.at(-1)! % encoding.blockSize === 0 ? encoding : ENCODINGS.F16;
}

function inGgufOrder(values: Float32Array, name: string, config: ModelConfig, shape: number[]): Float32Array {
  const heads = rotaryHeads(name, config);
  if (heads) return permuteRotary(values, heads, config.headDim);
  return isConv1d(name, config) ? transpose(values, shape[0]!, shape[1]!) : values;
}

function byteLength(shape: number[], { blockSize, blockBytes }: Encoding): number {
  return (elementCount(shape) / blockSize) * blockBytes;
}

/** Wraps outputs so that they report their progress, and end when the caller cancels. */
function counted<Output extends { byteLength: number; bytes: () => Promise<Uint8Array> }>(
  outputs: Output[],
  file: string,
  { onProgress, signal }: FetchOptions,
): Output[] {
  const totalBytes = outputs.reduce((total, { byteLength }) => total + byteLength, 0);
  let bytes = 0;
  return outputs.map((output) => ({
    ...output,
    bytes: async () => {
      if (signal?.aborted) throw exportCancelled(signal.reason);
      const encoded = await output.bytes();
      bytes += output.byteLength;
      onProgress?.({ stage: "writing", message: `Writing ${file}`, bytes, totalBytes });
      return encoded;
    },
  }));
}

function exportCancelled(cause: unknown): DomainError {
  return new DomainError("cancelled", "The export was cancelled; nothing was written", undefined, cause);
}
