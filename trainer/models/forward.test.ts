import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadBackend } from "../engine/backend";
import { type ForwardGolden, loadGoldenModel, readGolden } from "../fixtures/goldens";
import { packCompletions, toTargetTensors } from "./packed-targets";
import { toPackedTensors } from "./packing";
import type { CausalLanguageModel } from "./types";

let forward: Record<"llama" | "gpt2", ForwardGolden[]>;
beforeAll(async () => {
  await loadBackend();
  forward = await readGolden("forward.json");
});

describe.each([
  ["llama", "fused"],
  ["gpt2", "fused"],
  ["llama", "composed"],
  ["gpt2", "composed"],
] as const)("forward pass of %s against transformers, %s", (family, operations) => {
  let model: CausalLanguageModel;
  afterAll(() => {
    vi.unstubAllEnvs();
  });
  beforeAll(async () => {
    vi.stubEnv("TUNELOOP_FUSED", operations === "fused" ? "1" : "0");
    model = await loadGoldenModel(family);
  });

  it("gives the last token's logits and the log-prob sums, packed together", () => {
    const examples = forward[family];
    const { batch, targets } = packCompletions(
      examples.map(({ ids }) => ({ promptIds: ids.slice(0, 1), completions: [ids.slice(1)] })),
    );
    tf.tidy(() => {
      const hidden = model.hiddenStates(toPackedTensors(batch), { adapter: false });
      const { positions, targets: ids, membership } = toTargetTensors(targets);
      const logProbs = model.targetLogProbs(tf.gather(hidden, positions), ids);
      const sums = tf.matMul(membership, tf.expandDims(logProbs, 1) as tf.Tensor2D).dataSync();
      const last = examples.map((example, r) => batch.offsets[r]! + example.ids.length - 1);
      const logits = model.logits(tf.gather(hidden, tf.tensor1d(last, "int32"))).arraySync();
      examples.forEach((example, r) => {
        expect(Math.abs(sums[r]! / example.logprob_sum - 1)).toBeLessThan(5e-5);
        for (const [v, value] of example.last_logits.entries()) expect(logits[r]![v]).toBeCloseTo(value, 3);
      });
    });
  });
});
