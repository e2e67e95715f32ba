import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import type { NamedTensors } from "../checkpoints/tensor-file";
import { createRandom } from "../engine/random";
import type { Linear, LinearPart, LoraPair } from "./linear";
import type { LoraConfig } from "./types";

/** PEFT's name of a pair's tensor: the model sits two wrappers deep. */
function peftName(part: LinearPart, matrix: "A" | "B"): string {
  return `base_model.model.${part.name}.lora_${matrix}.weight`;
}

/**
 * Attaches fresh pairs to every layer in `config.targets`: A Kaiming uniform with a = √5 (PEFT's default: ±1/√in),
 * B zero, so that the model starts unchanged. Seeded: the same seed gives the same A whatever else has run.
 */
export function attachFreshLora(linears: Linear[], config: LoraConfig, prefix: string): void {
  checkTargets(linears, config);
  const random = createRandom(config.seed);
  for (const { part, inSize } of adapted(linears, config)) {
    const bound = 1 / Math.sqrt(inSize);
    const a = Float32Array.from({ length: config.rank * inSize }, () => (2 * random.next() - 1) * bound);
    part.lora = createPair(part, prefix, config.rank, inSize, a, new Float32Array(part.out * config.rank));
  }
}

/** Attaches pairs from an adapter file. Missing, misshapen and left-over tensors are errors that name them. */
export function attachLora(
  linears: Linear[],
  config: LoraConfig,
  tensors: NamedTensors,
  source: string,
  prefix: string,
) {
  checkTargets(linears, config);
  const left = new Set(tensors.keys());
  const matrix = (name: string, shape: number[]): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new DomainError("invalidInput", `${source}: the tensor "${name}" is missing.`);
    if (tensor.shape.join() !== shape.join()) {
      const message = `${source}: the tensor "${name}" has shape [${tensor.shape}], but this model asks for [${shape}].`;
      throw new DomainError("invalidInput", message);
    }
    left.delete(name);
    return Float32Array.from(tensor.data);
  };
  const pairs = adapted(linears, config).map(({ part, inSize }) => ({
    part,
    inSize,
    a: matrix(peftName(part, "A"), [config.rank, inSize]),
    b: matrix(peftName(part, "B"), [part.out, config.rank]),
  }));
  const [first] = left;
  if (first !== undefined) {
    throw new DomainError("unsupported", `${source}: the tensor "${first}" belongs to no layer of this model.`);
  }
  for (const { part, inSize, a, b } of pairs) part.lora = createPair(part, prefix, config.rank, inSize, a, b);
}

/** A and B of every adapted layer, by PEFT name. */
export async function readLora(linears: Linear[]): Promise<NamedTensors> {
  const tensors: NamedTensors = new Map();
  for (const part of linears.flatMap((linear) => linear.parts)) {
    if (!part.lora) continue;
    for (const [matrix, variable] of [
      ["A", part.lora.a],
      ["B", part.lora.b],
    ] as const) {
      const data = (await variable.data()) as Float32Array;
      tensors.set(peftName(part, matrix), { dtype: "F32", shape: [...variable.shape], data });
    }
  }
  return tensors;
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

function adapted(linears: Linear[], config: LoraConfig): { part: LinearPart; inSize: number }[] {
  return linears.flatMap(({ parts, inSize }) =>
    parts.filter((part) => config.targets.includes(part.target)).map((part) => ({ part, inSize })),
  );
}

function checkTargets(linears: Linear[], config: LoraConfig): void {
  const known = [...new Set(linears.flatMap(({ parts }) => parts.map(({ target }) => target)))];
  const unknown = config.targets.find((target) => !known.includes(target));
  if (unknown !== undefined || config.targets.length === 0) {
    const what = unknown === undefined ? "lora.targets is empty" : `lora.targets: this model has no layer "${unknown}"`;
    throw new DomainError("invalidInput", `${what}; it has ${known.join(", ")}.`);
  }
}

function createPair(
  part: LinearPart,
  prefix: string,
  rank: number,
  inSize: number,
  a: Float32Array,
  b: Float32Array,
): LoraPair {
  const variable = (data: Float32Array, shape: [number, number], matrix: "A" | "B") =>
    tf.tidy(() => tf.variable(tf.tensor2d(data, shape), true, `${prefix}/${part.name}.lora_${matrix}`));
  return { a: variable(a, [rank, inSize], "A"), b: variable(b, [part.out, rank], "B") };
}
