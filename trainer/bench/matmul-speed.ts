import * as tf from "@tensorflow/tfjs";
import { compile } from "../engine/compile";
import { type ProductCounts, type ProductShape, parseProductKey } from "../engine/compile-statistics";

const SIZE = 1024;
const REPETITIONS = 8;

/** Measures a product of two 1024 × 1024 float32 matrices, in billions of operations a second, the best of several. */
export async function measureMatMul(): Promise<number> {
  const square = { batch: 1, m: SIZE, k: SIZE, n: SIZE, transposeA: false, transposeB: false };
  return (2 * SIZE ** 3) / (await timeProduct(square, REPETITIONS)) / 1e9;
}

/** Seconds that the products of a recording take by themselves, each shape timed alone. */
export async function timeProducts(products: ProductCounts): Promise<number> {
  let seconds = 0;
  for (const [key, count] of products) seconds += count * (await timeProduct(parseProductKey(key), 3));
  return seconds;
}

/** The quickest of several runs, in seconds. One run before them warms up and is not counted. */
async function timeProduct({ batch, m, k, n, transposeA, transposeB }: ProductShape, runs: number): Promise<number> {
  const shape = (rows: number, columns: number) => (batch === 1 ? [rows, columns] : [batch, rows, columns]);
  const a = tf.randomUniform(transposeA ? shape(k, m) : shape(m, k), -1, 1, "float32", 1);
  const b = tf.randomUniform(transposeB ? shape(n, k) : shape(k, n), -1, 1, "float32", 2);
  const multiply = compile("product", (a, b) => [tf.matMul(a!, b!, transposeA, transposeB)]);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    const [product] = multiply(a, b);
    // Reading one element waits for the product, on a graphics card too, without moving all of it.
    const corner = tf.slice(
      product!,
      new Array<number>(product!.rank).fill(0),
      new Array<number>(product!.rank).fill(1),
    );
    await corner.data();
    if (i > 0) best = Math.min(best, performance.now() - start);
    tf.dispose([product!, corner]);
  }
  multiply.dispose();
  tf.dispose([a, b]);
  return best / 1000;
}
