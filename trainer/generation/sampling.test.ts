import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadBackend } from "../engine/backend";
import { chooseFromNucleus, chooseTokens, type SamplingMode } from "./sampling";

const VOCABULARY = 40;
const logits = Float32Array.from({ length: VOCABULARY }, (_, i) => 3 * Math.sin(7 * i) + (i % 5));

/** The distribution by definition: softmax of logits / temperature, cut to the nucleus, normalised. */
function expectedDistribution(temperature: number, topP: number): number[] {
  const weights = Array.from(logits, (value) => Math.exp(value / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = weights.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]!);
  const kept = new Set<number>();
  let mass = 0;
  for (const i of order) {
    if (mass >= topP) break;
    kept.add(i);
    mass += weights[i]! / total;
  }
  return weights.map((weight, i) => (kept.has(i) ? weight / total / mass : 0));
}

/** Draws on an even grid of uniforms, where the share of each token is its probability to within one grid step. */
function shares(mode: SamplingMode, temperature: number, topP: number): number[] {
  const draws = 2000;
  const ids = tf.tidy(() => {
    const uniforms = tf.tensor1d(Float32Array.from({ length: draws }, (_, i) => i / draws));
    const rows = tf.tile(tf.tensor2d(logits, [1, VOCABULARY]), [draws, 1]) as tf.Tensor2D;
    const draw = { uniforms, temperature: tf.scalar(temperature), topP: tf.scalar(topP) };
    return chooseTokens(rows, mode, draw).ids.dataSync();
  });
  const counts = new Array<number>(VOCABULARY).fill(0);
  for (const id of ids) counts[id]!++;
  return counts.map((count) => count / draws);
}

describe.each([
  ["fused", "1"],
  ["composed", "0"],
])("sampling, %s", (_, fused) => {
  beforeAll(async () => {
    await loadBackend();
    vi.stubEnv("TUNELOOP_FUSED", fused);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ["all", 1, 1],
    ["all", 0.5, 1],
    ["nucleus", 1, 0.9],
    ["nucleus", 0.7, 0.5],
    ["nucleus", 2, 0.99],
    ["nucleus", 1, 1e-6],
  ] as const)("%s at temperature %s and top-p %s draws from the exact distribution", (mode, temperature, topP) => {
    const drawn = shares(mode, temperature, topP);
    expectedDistribution(temperature, topP).forEach((probability, id) => {
      if (probability === 0) expect(drawn[id]).toBe(0);
      expect(Math.abs(drawn[id]! - probability)).toBeLessThan(2e-3);
    });
  });

  it("says when the candidates do not hold the nucleus, and is exact over all tokens", () => {
    tf.tidy(() => {
      const peaked = [...new Array(10).fill(0), 9];
      const rows = tf.tensor2d([new Array(11).fill(0), peaked]);
      const draw = { uniforms: tf.tensor1d([0.95, 0.95]), temperature: tf.scalar(1), topP: tf.scalar(0.9) };
      const quick = chooseFromNucleus(rows, draw, 4);
      expect(Array.from(quick.exact.dataSync())).toEqual([0, 1]);
      expect(quick.ids.dataSync()[1]).toBe(10);
      const all = chooseFromNucleus(rows, draw, 11);
      expect(Array.from(all.exact.dataSync())).toEqual([1, 1]);
      expect(Array.from(all.ids.dataSync())).toEqual([9, 10]); // 0.95 draws the last of the ten in the nucleus
    });
  });

  it("never draws a token of no probability at the largest uniform", () => {
    tf.tidy(() => {
      const rows = tf.tensor2d([[0, 0, -1e9]]);
      const uniforms = tf.tensor1d([1 - 2 ** -23]);
      const draw = { uniforms, temperature: tf.scalar(1), topP: tf.scalar(1) };
      expect(chooseTokens(rows, "all", draw).ids.dataSync()[0]).toBe(1);
    });
  });
});
