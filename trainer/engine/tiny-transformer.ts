import * as tf from "@tensorflow/tfjs";
import { createRandom } from "./random";

export interface TinyTransformerConfig {
  vocabulary: number;
  time: number;
  width: number;
  layers: number;
  heads: number;
}

/** A small pre-norm GPT in plain ops, which the engine's own tests and speed figures run so that they need no model. */
export function createTinyTransformer({ vocabulary, time, width, layers, heads }: TinyTransformerConfig, seed = 1) {
  const random = createRandom(seed);
  const matrix = (rows: number, columns: number) =>
    tf.tidy(() =>
      tf.variable(
        tf.tensor2d(
          Float32Array.from({ length: rows * columns }, () => 0.02 * random.normal()),
          [rows, columns],
        ),
      ),
    ) as tf.Variable<tf.Rank.R2>;
  const vector = (value: number) => tf.tidy(() => tf.variable(tf.fill([width], value)));
  const tokens = matrix(vocabulary, width);
  const positions = matrix(time, width);
  const blocks = Array.from({ length: layers }, () => ({
    norm1: vector(1),
    qkv: matrix(width, 3 * width),
    out: matrix(width, width),
    norm2: vector(1),
    up: matrix(width, 4 * width),
    down: matrix(4 * width, width),
  }));
  const mask = tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0)), -1e9));

  const norm = (x: tf.Tensor, scale: tf.Variable) =>
    tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5))), scale) as tf.Tensor2D;

  /** ids [batch, time] → logits [batch · time, vocabulary] */
  function logits(ids: tf.Tensor): tf.Tensor2D {
    const batch = ids.shape[0]!;
    const size = width / heads;
    const flat = tf.reshape(ids, [batch * time]) as tf.Tensor1D;
    let x = tf.add(tf.gather(tokens, flat), tf.tile(positions, [batch, 1])) as tf.Tensor2D; // [batch · time, width]
    for (const { norm1, qkv, out, norm2, up, down } of blocks) {
      const all = tf.reshape(tf.matMul(norm(x, norm1), qkv), [batch, time, 3, heads, size]);
      const [q, k, v] = tf.unstack(tf.transpose(all, [2, 0, 3, 1, 4])) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)), mask);
      const mixed = tf.matMul(tf.softmax(scores) as tf.Tensor4D, v); // [batch, heads, time, size]
      const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * time, width]) as tf.Tensor2D;
      x = tf.add(x, tf.matMul(joined, out));
      x = tf.add(x, tf.matMul(tf.relu(tf.matMul(norm(x, norm2), up)) as tf.Tensor2D, down));
    }
    return tf.matMul(x, tokens, false, true);
  }

  /** Mean cross-entropy of targets [batch, time]. */
  function loss(ids: tf.Tensor, targets: tf.Tensor): tf.Scalar {
    const chosen = tf.oneHot(tf.reshape(targets, [-1]) as tf.Tensor1D, vocabulary);
    const logProbs = tf.logSoftmax(logits(ids));
    return tf.neg(tf.div(tf.sum(tf.mul(logProbs, tf.cast(chosen, "float32"))), chosen.shape[0]!));
  }

  const trainable = [tokens, positions, ...blocks.flatMap((block) => Object.values(block))] as tf.Variable[];
  return { trainable, logits, loss, dispose: () => tf.dispose([...trainable, mask]) };
}
