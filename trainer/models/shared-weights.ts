import * as tf from "@tensorflow/tfjs";
import type { Parameter } from "./parameter";
import { type TensorMap, WeightSource } from "./weight-source";

const SCORE = "score.weight";

/**
 * Gives a model the weights of another model. tfjs counts the uses of the shared memory, so it is freed with the last
 * model that uses it. Only a reward head may be new.
 */
export class SharedWeights extends WeightSource {
  private readonly known: Map<string, Parameter>;

  constructor(parameters: readonly Parameter[], name: string, trainHead: boolean, head?: Float32Array) {
    const own: TensorMap = new Map(head ? [[SCORE, { shape: [1, head.length], data: head }]] : []);
    super(own, name, (tensor) => trainHead && tensor === SCORE, name);
    this.known = new Map(parameters.map((parameter) => [keyOf(parameter.parts), parameter]));
  }

  override take(...parts: { name: string; shape: number[] }[]): Parameter {
    return super.has(parts[0]?.name ?? "") ? super.take(...parts) : this.share(parts);
  }

  override takeTransposed(name: string, shape: [number, number]): Parameter {
    return this.share([{ name, shape }]);
  }

  private share(parts: { name: string; shape: number[] }[]): Parameter {
    const parameter = this.known.get(keyOf(parts));
    if (!parameter) throw new Error(`no weight ${keyOf(parts)} to share`);
    if (parameter.value instanceof tf.Variable) throw new Error(`${keyOf(parts)} trains, so it can't be shared`);
    return this.register({ ...parameter, value: tf.keep(tf.clone(parameter.value)) });
  }
}

const keyOf = (parts: readonly { name: string }[]) => parts.map(({ name }) => name).join("+");
