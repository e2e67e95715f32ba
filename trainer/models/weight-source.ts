import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { nativeBackend } from "../engine/native-backend";
import { transpose } from "../file-formats/tensor-file";
import type { Parameter } from "./parameter";
import { missingTensor } from "./saved-tensors";

/** A checkpoint's tensors by name, as `loadModelFiles` gives them. */
export type TensorMap = Map<string, { shape: number[]; data: Float32Array | Int32Array }>;

/** Buffers of a checkpoint that are not weights: rotary frequencies, GPT-2's causal masks. */
const BUFFERS = /(\.rotary_emb\.inv_freq|\.attn\.(masked_)?bias)$/;

/**
 * Hands out each tensor of a checkpoint once and lets go of it, so that a model is never twice in memory. A missing,
 * misshapen or left-over tensor is an error that names it: a model with random or ignored parts never loads.
 */
export class WeightSource {
  /** The parameters taken so far, in order. */
  readonly parameters: Parameter[] = [];

  constructor(
    private readonly tensors: TensorMap,
    /** Name of the checkpoint, for errors. */
    private readonly source: string,
    /** Whether the tensor of this name is to be trained. */
    private readonly isTrainable: (name: string) => boolean,
    private readonly variablePrefix: string,
    /** Hub GPT-2 checkpoints leave "transformer." out of the names. */
    private readonly optionalPrefix = "",
  ) {}

  has(name: string): boolean {
    return this.resolve(name) !== undefined;
  }

  /** Takes one tensor, or several that are stacked on each other along the first axis. */
  take(...parts: { name: string; shape: number[] }[]): Parameter {
    const data = parts.map(({ name, shape }) => this.data(name, shape));
    const first = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
    const value = this.place(parts, data, [first, ...parts[0]!.shape.slice(1)]);
    return this.register({ value, parts, transposed: false });
  }

  /** Takes a [in, out] tensor of the checkpoint as [out, in]. */
  takeTransposed(name: string, shape: [number, number]): Parameter {
    const [rows, columns] = shape;
    const part = { name, shape };
    const value = this.place([part], [transpose(this.data(name, shape), rows, columns)], [columns, rows]);
    return this.register({ value, parts: [part], transposed: true });
  }

  drop(name: string): void {
    const key = this.resolve(name);
    if (key !== undefined) this.tensors.delete(key);
  }

  /** Refuses left-over tensors; to be called when all weights are taken. */
  finish(): void {
    const left = [...this.tensors.keys()].filter((name) => !BUFFERS.test(name));
    if (left.length === 0) return;
    const more = left.length > 1 ? ` and ${left.length - 1} more` : "";
    throw new DomainError(
      "model-unsupported",
      `${this.source}: the tensor "${left[0]}"${more} belongs to no part of this architecture.`,
    );
  }

  private resolve(name: string): string | undefined {
    if (this.tensors.has(name)) return name;
    const short = name.startsWith(this.optionalPrefix) ? name.slice(this.optionalPrefix.length) : name;
    return this.tensors.has(short) ? short : undefined;
  }

  private data(name: string, shape: number[]): Float32Array {
    const key = this.resolve(name);
    const tensor = key === undefined ? undefined : this.tensors.get(key);
    if (key === undefined || !tensor) {
      throw missingTensor(name, this.source);
    }
    if (tensor.shape.join() !== shape.join()) {
      const message = `${this.source}: the tensor "${name}" has shape [${tensor.shape}], but the config asks for [${shape}].`;
      throw new DomainError("model-file-invalid", message);
    }
    this.tensors.delete(key);
    const { data } = tensor; // reading `data` may read the file now
    return data instanceof Float32Array ? data : Float32Array.from(data);
  }

  protected register(parameter: Parameter): Parameter {
    this.parameters.push(parameter);
    return parameter;
  }

  private place(parts: { name: string }[], data: Float32Array[], shape: number[]): tf.Tensor | tf.Variable {
    const tensor = tf.tensor(data.length === 1 ? data[0]! : joined(data), shape, "float32");
    // Hands the values to TensorFlow now; otherwise host and device would both hold them until the tensor's first use.
    nativeBackend()?.getInputTensorIds([tensor]);
    if (!parts.some((part) => this.isTrainable(part.name))) return tf.keep(tensor);
    const name = `${this.variablePrefix}/${parts.map((part) => part.name).join("+")}`;
    const variable = tf.variable(tensor, true, name);
    tensor.dispose();
    return variable;
  }
}

function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
