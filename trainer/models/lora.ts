import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { createRandom } from "../engine/random";
import type { Adapter, LoraMatrices } from "../file-formats/adapter";
import type { Linear, LinearPart, LoraPair } from "./linear";
import type { LoraConfig } from "./types";

/**
 * Attaches fresh pairs to every layer in `config.targets`: A Kaiming uniform with a = √5 (PEFT's default: ±1/√in), B
 * zero, so that the model starts unchanged. Equal seeds give equal A, whatever else has run.
 */
export function attachFreshLora(linears: Linear[], config: LoraConfig, prefix: string): void {
  checkTargets(linears, config);
  const random = createRandom(config.seed);
  for (const { part, inSize, place } of placesIn(linears)) {
    if (!config.targets.includes(part.target)) continue;
    const bound = 1 / Math.sqrt(inSize);
    const a = Float32Array.from({ length: config.rank * inSize }, () => (2 * random.next() - 1) * bound);
    part.lora = createPair(part, place, prefix, config.rank, inSize, a, new Float32Array(part.out * config.rank));
  }
}

/** Attaches the pairs of an adapter's file. A pair that does not fit is an error that names its tensor. */
export function attachLora(linears: Linear[], adapter: Adapter, source: string, prefix: string): void {
  const places = new Map(placesIn(linears).map((place) => [place.part.name, place]));
  const pairs = [...adapter.layers].map(([name, matrices]) => {
    const place = places.get(name);
    if (!place)
      throw new DomainError("model-unsupported", `${source}: the adapter's layer "${name}" is not in this model.`);
    const { part, inSize } = place;
    const a = matrixOf(matrices.a, [adapter.rank, inSize], `${name}.lora_A.weight`, source);
    const b = matrixOf(matrices.b, [part.out, adapter.rank], `${name}.lora_B.weight`, source);
    return { ...place, a, b };
  });
  if (pairs.length === 0) throw new DomainError("model-file-invalid", `${source}: the adapter has no layers.`);
  for (const { part, inSize, place, a, b } of pairs) {
    part.lora = createPair(part, place, prefix, adapter.rank, inSize, a, b);
  }
}

function matrixOf(matrix: LoraMatrices["a"], shape: [number, number], name: string, source: string): Float32Array {
  if (matrix.shape.join() !== shape.join()) {
    const message = `${source}: the tensor "${name}" has shape [${matrix.shape}], but this model asks for [${shape}].`;
    throw new DomainError("model-file-invalid", message);
  }
  return Float32Array.from(matrix.data);
}

/** A and B of every adapted layer, by the layer's name in the base. */
export async function readLora(linears: Linear[]): Promise<Map<string, LoraMatrices>> {
  const layers = new Map<string, LoraMatrices>();
  const matrix = async (variable: tf.Variable) => ({
    shape: [...variable.shape],
    data: (await variable.data()) as Float32Array,
  });
  for (const { name, lora } of linears.flatMap((linear) => linear.parts)) {
    if (lora) layers.set(name, { a: await matrix(lora.a), b: await matrix(lora.b) });
  }
  return layers;
}

export function loraVariables(linears: Linear[]): tf.Variable[] {
  return linears.flatMap(({ parts }) => parts.flatMap(({ lora }) => (lora ? [lora.a, lora.b] : [])));
}

export function detachLora(linears: Linear[]): void {
  for (const part of linears.flatMap((linear) => linear.parts)) {
    part.lora?.a.dispose();
    part.lora?.b.dispose();
    part.lora = null;
  }
}

/**
 * Numbers every layer that may have an adapter, whether it has one or not, so that an adapter that is trained further
 * keeps its masks.
 */
function placesIn(linears: Linear[]): { part: LinearPart; inSize: number; place: number }[] {
  return linears
    .flatMap(({ parts, inSize }) => parts.map((part) => ({ part, inSize })))
    .map((layer, place) => ({ ...layer, place }));
}

function checkTargets(linears: Linear[], config: LoraConfig): void {
  const known = [...new Set(linears.flatMap(({ parts }) => parts.map(({ target }) => target)))];
  const unknown = config.targets.find((target) => !known.includes(target));
  if (unknown !== undefined || config.targets.length === 0) {
    const what = unknown === undefined ? "lora.targets is empty" : `lora.targets: this model has no layer "${unknown}"`;
    throw new DomainError("run-config-invalid", `${what}; it has ${known.join(", ")}.`);
  }
}

function createPair(
  part: LinearPart,
  place: number,
  prefix: string,
  rank: number,
  inSize: number,
  a: Float32Array,
  b: Float32Array,
): LoraPair {
  const variable = (data: Float32Array, shape: [number, number], matrix: "A" | "B") =>
    tf.tidy(() => tf.variable(tf.tensor2d(data, shape), true, `${prefix}/${part.name}.lora_${matrix}`));
  return { a: variable(a, [rank, inSize], "A"), b: variable(b, [part.out, rank], "B"), place };
}
