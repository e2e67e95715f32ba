import * as tf from "@tensorflow/tfjs";
import { DataType, nativeBackend } from "./native-backend";

/** The state of a `Random`, plain JSON: four unsigned 32-bit numbers. */
export type RandomState = readonly [number, number, number, number];

/**
 * A seeded generator of the host (shuffles, seeds, initial weights). Equal states give equal numbers on every machine.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** Fisher–Yates, in place; returns the same array. */
  shuffle<T>(values: T[]): T[];
  /** A seed for `statelessUniform`: int32 [2]. The caller disposes it. */
  seedTensor(): tf.Tensor1D;
  state(): RandomState;
  restore(state: RandomState): void;
}

/** Makes an sfc32 generator (Doty-Humphrey, PractRand), whose first state splitmix32 derives from the seed. */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = initialState(seed);

  const uint32 = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  const next = () => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6)) / 2 ** 53;
  const integer = (below: number) => Math.floor(next() * below);

  return {
    next,
    integer,
    // Box–Muller without keeping the second value, so that four numbers are the whole state.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (values) => {
      for (let i = values.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [values[i], values[j]] = [values[j]!, values[i]!];
      }
      return values;
    },
    seedTensor: () => tf.tensor1d([uint32() | 0, uint32() | 0], "int32"),
    state: () => [a >>> 0, b >>> 0, c >>> 0, counter >>> 0],
    restore: (state) => {
      [a, b, c, counter] = [state[0] | 0, state[1] | 0, state[2] | 0, state[3] | 0];
    },
  };
}

function initialState(seed: number): [number, number, number, number] {
  let x = Math.trunc(seed) | 0;
  const splitmix32 = (): number => {
    x = (x + 0x9e3779b9) | 0;
    let z = x ^ (x >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return [splitmix32(), splitmix32(), splitmix32(), 1];
}

/**
 * Uniform numbers in [0, 1) that depend on the seed alone: the same seed gives the same tensor, so the seed (int32 [2],
 * see `Random.seedTensor`) must be an argument of a compiled function and new at each call. Has no gradient.
 * TensorFlow's own op; on WebAssembly the host makes the numbers, and they differ from TensorFlow's.
 */
export function statelessUniform<R extends tf.Rank = tf.Rank>(shape: tf.ShapeMap[R], seed: tf.Tensor1D): tf.Tensor<R> {
  const backend = nativeBackend();
  if (!backend) {
    const [high = 0, low = 0] = seed.dataSync();
    const random = createRandom(Math.imul(high, 0x9e3779b1) ^ low);
    return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, random.next), shape);
  }
  return tf.tidy(() => {
    const { TF_ATTR_TYPE } = backend.binding;
    return backend.executeSingleOutput(
      "StatelessRandomUniform",
      [
        { name: "dtype", type: TF_ATTR_TYPE, value: DataType.float32 },
        { name: "T", type: TF_ATTR_TYPE, value: DataType.int32 },
        { name: "Tseed", type: TF_ATTR_TYPE, value: DataType.int32 },
      ],
      [tf.tensor1d(shape, "int32"), seed],
    ) as tf.Tensor<R>;
  });
}
