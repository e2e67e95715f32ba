import type { Adapter, LoraMatrices } from "../file-formats/adapter";
import { invalidFile, unsupportedFile } from "../file-formats/file-errors";
import { isConv1d } from "../file-formats/gguf-names";
import { transpose } from "../file-formats/tensor-file";
import type { TensorStore } from "../file-formats/tensor-store";
import type { ModelConfig } from "../models/config";
import { checkFinite } from "../models/load-model-files";
import { checkSaved, configWithSaved, LANGUAGE_HEAD, missingTensor, standInFor } from "../models/saved-tensors";
import { tensorShapes } from "../models/tensor-shapes";

/** The weights of a whole model with an adapter added in, read one tensor at a time and never all in memory. */
export interface MergedWeights {
  /** The base's configuration, with a reward head if the adapter brings one. */
  config: ModelConfig;
  /** Every tensor of the model by its Hugging Face name, in the order of the layers. */
  shapes: ReadonlyMap<string, number[]>;
  /** Reads a tensor's values in the order of a Hugging Face file. */
  read(name: string): Promise<Float32Array>;
}

interface MergeInput {
  config: ModelConfig;
  tensors: TensorStore;
  /** The file or folder of the tensors, for messages. */
  basePath: string;
  adapter?: Adapter;
  /** The folder of the adapter, for messages. */
  adapterPath?: string;
}

/** Buffers of a checkpoint that are not weights: rotary frequencies, GPT-2's causal masks. */
const BUFFERS = /(\.rotary_emb\.inv_freq|\.attn\.(masked_)?bias)$/;
const HEADS = [LANGUAGE_HEAD, "score.weight"];

/**
 * Checks that a model is complete (no tensor missing, misshapen or left over) and that the adapter fits it.
 * @throws DomainError naming file and tensor
 */
export function mergeWeights({ tensors, basePath, adapter, adapterPath = "", ...input }: MergeInput): MergedWeights {
  const config = adapter ? configWithSaved(input.config, adapter) : input.config;
  const shapes = tensorShapes(config);
  const named = storedNames(tensors, config);
  const stored = { get: (name: string) => named.get(standInFor(name, input.config, config) ?? name) ?? name };
  for (const [name, shape] of shapes) {
    if (adapter?.savedTensors.has(name)) continue;
    const found = tensors.entries.get(stored.get(name));
    if (!found) throw missingTensor(name, basePath);
    if (found.shape.join() !== shape.join()) {
      throw invalidFile(basePath, `tensor ${name}: has shape [${found.shape}], but the config asks for [${shape}]`);
    }
  }
  // A second copy of tied embeddings, or the head of the other kind of model, is ignored.
  const left = [...named.keys()].find((name) => !shapes.has(name) && !HEADS.includes(name));
  if (left) throw unsupportedFile(basePath, `tensor ${left}: belongs to no part of this architecture`);
  if (adapter) checkFit(adapter, shapes, config, adapterPath);

  return {
    config,
    shapes,
    async read(name) {
      const saved = adapter?.savedTensors.get(name);
      const place = saved ? adapterPath : basePath;
      const { data } = saved ?? (await tensors.read(stored.get(name)));
      const values = data instanceof Float32Array ? data : Float32Array.from(data);
      checkFinite(name, values, place);
      const delta = adapter?.layers.get(name.replace(/\.weight$/, ""));
      if (!adapter || !delta) return values;
      const merged = addDelta(values, delta, adapter.alpha / adapter.rank, isConv1d(name, config));
      checkFinite(name, merged, adapterPath);
      return merged;
    },
  };
}

/**
 * Maps names as `transformers` writes them today to those in the file: hub GPT-2 checkpoints leave "transformer." out.
 */
function storedNames(tensors: TensorStore, { family }: ModelConfig): Map<string, string> {
  const names = [...tensors.entries.keys()].filter((name) => !BUFFERS.test(name));
  const full = (name: string) =>
    family === "gpt2" && !name.startsWith("transformer.") && !HEADS.includes(name) ? `transformer.${name}` : name;
  return new Map(names.map((name) => [full(name), name]));
}

function checkFit(adapter: Adapter, shapes: ReadonlyMap<string, number[]>, config: ModelConfig, place: string): void {
  const { layers, rank } = adapter;
  checkSaved(adapter, shapes, place);
  for (const [layer, { a, b }] of layers) {
    const name = `${layer}.weight`;
    const shape = shapes.get(name);
    if (shape?.length !== 2) throw unsupportedFile(place, `the adapter's layer ${layer} is not in this model`);
    const [out, into] = isConv1d(name, config) ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!];
    if (a.shape.join() !== `${rank},${into}` || b.shape.join() !== `${out},${rank}`) {
      throw invalidFile(
        place,
        `the adapter's layer ${layer} is made for [${b.shape[0]}, ${a.shape[1]}], not [${out}, ${into}]`,
      );
    }
  }
}

/**
 * Adds scale·B·A to W in place (Hu et al. 2021, eq. 3). Sums are kept in double precision, so that each weight is
 * rounded once. `weight`: [out, in], or [in, out] of a Conv1D; A: [rank, in]; B: [out, rank].
 */
export function addDelta(weight: Float32Array, { a, b }: LoraMatrices, scale: number, conv1d: boolean): Float32Array {
  const rank = a.shape[0]!;
  const [rows, columns] = conv1d ? [a.shape[1]!, b.shape[0]!] : [b.shape[0]!, a.shape[1]!];
  // weight[row, column] += scale · Σ left[row, r] · right[r, column]
  const left = conv1d
    ? (row: number, r: number) => a.data[r * rows + row]!
    : (row: number, r: number) => b.data[row * rank + r]!;
  const right = conv1d ? transpose(Float32Array.from(b.data), columns, rank) : a.data;
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * left(row, r);
      const from = r * columns;
      for (let column = 0; column < columns; column++) sums[column]! += factor * right[from + column]!;
    }
    const to = row * columns;
    for (let column = 0; column < columns; column++) weight[to + column]! += sums[column]!;
  }
  return weight;
}
