import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { DomainError } from "@/domain/errors";
import { loadBackend } from "../engine/backend";
import { type ForwardGolden, loadGoldenModel, readGolden } from "../fixtures/goldens";
import { packRows, toPackedTensors } from "../models/packing";
import type { CausalLanguageModel } from "../models/types";
import { createGenerator, generate, generateAll } from "./generate";

const families = ["llama", "gpt2"] as const;
const models: Partial<Record<string, CausalLanguageModel>> = {};
let forward: Record<string, ForwardGolden[]>;

beforeAll(async () => {
  await loadBackend();
  forward = await readGolden("forward.json");
  for (const family of families) models[family] = await loadGoldenModel(family);
});

const prompts = (family: string) => forward[family]!.map(({ ids }) => ({ promptIds: ids }));
const sampling = { maxTokens: 12, stopIds: [2], temperature: 0.8, topP: 0.9, samples: 3, seed: 5 };

describe.each(families)("generation with %s", (family) => {
  it("gives the greedy continuations of transformers, prompts of different lengths side by side", async () => {
    const options = { maxTokens: 24, stopIds: [2], greedy: true };
    const expected = forward[family]!.map(({ greedy }) => greedy);
    const generator = createGenerator(models[family]!);
    for (const _ of ["prefill op by op", "prefill compiled"]) {
      const ids: number[][] = [];
      for await (const event of generator.generate(prompts(family), options)) {
        if (event.kind === "completion") ids[event.prompt] = event.ids;
      }
      expect(ids).toEqual(expected);
    }
    generator.dispose();
  });

  it("gives the same composed of TensorFlow's own operations", async () => {
    vi.stubEnv("TUNELOOP_FUSED", "0");
    const options = { maxTokens: 24, stopIds: [2], greedy: true };
    const completions = await generateAll(models[family]!, prompts(family), options);
    expect(completions.map(({ ids }) => ids)).toEqual(forward[family]!.map(({ greedy }) => greedy));
    vi.unstubAllEnvs();
  });

  it("equals a full forward pass at every step", async () => {
    const model = models[family]!;
    const [first] = await generateAll(model, prompts(family), { maxTokens: 12, stopIds: [], greedy: true });
    const { promptIds } = prompts(family)[0]!;
    const all = [...promptIds, ...first!.ids];
    const likeliest = tf.tidy(() => {
      const packed = toPackedTensors(packRows([{ ids: all }]));
      return tf.argMax(model.logits(model.hiddenStates(packed, { adapter: false })), 1).dataSync();
    });
    expect(Array.from(likeliest.slice(promptIds.length - 1, all.length - 1))).toEqual(first!.ids);
  });

  it("gives a prompt's samples whatever is generated beside it", async () => {
    const model = models[family]!;
    const together = await generateAll(model, prompts(family), sampling);
    const narrow = await generateAll(model, prompts(family), { ...sampling, maxRows: 2 });
    expect(narrow).toEqual(together);
    const alone = await generateAll(model, prompts(family).slice(0, 1), sampling);
    expect(alone).toEqual(together.slice(0, 3));
    expect(new Set(alone.map(({ ids }) => ids.join())).size).toBe(3);
    const otherSeed = await generateAll(model, prompts(family).slice(0, 1), { ...sampling, seed: 6 });
    expect(otherSeed.map(({ ids }) => ids)).not.toEqual(alone.map(({ ids }) => ids));
  });
});

describe("generation", () => {
  it("streams each token before its completion and stops at any end token", async () => {
    const greedy = forward.llama![0]!.greedy;
    const options = { maxTokens: 24, stopIds: [greedy[3]!, 2], greedy: true };
    const events = [];
    for await (const event of generate(models.llama!, prompts("llama").slice(0, 1), options)) events.push(event);
    const ids = greedy.slice(0, greedy.indexOf(greedy[3]!) + 1);
    expect(events).toEqual([
      ...ids.map((id) => ({ kind: "token", prompt: 0, sample: 0, id })),
      { kind: "completion", prompt: 0, sample: 0, ids, finish: "stop" },
    ]);
  });

  it("says when maxTokens or the context ends a completion", async () => {
    const options = { maxTokens: 4, stopIds: [], greedy: true };
    const requests = [{ promptIds: [1, 87, 85] }, { promptIds: new Array(510).fill(87) }];
    const [short, long] = await generateAll(models.llama!, requests, options);
    expect([short!.ids.length, short!.finish, long!.ids.length, long!.finish]).toEqual([4, "length", 2, "context"]);
  });

  it.each([
    [{ promptIds: new Array(512).fill(1) }, {}, /512 tokens, which leaves no room .* context of 512/],
    [{ promptIds: [] }, {}, /has no tokens/],
    [{ promptIds: [512] }, {}, /token id 512 is not in/],
    [{ promptIds: [1] }, { topP: 0 }, /topP should be/],
    [{ promptIds: [1] }, { maxTokens: 0 }, /maxTokens should be/],
  ])("refuses what cannot work", async (request, options, expected) => {
    const error = await generateAll(models.llama!, [request], { ...sampling, ...options }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect(error.userMessage).toMatch(expected);
  });

  it("stops when aborted", async () => {
    const controller = new AbortController();
    let tokens = 0;
    const run = async () => {
      const options = { ...sampling, samples: 1, stopIds: [], maxTokens: 400, signal: controller.signal };
      for await (const _ of generate(models.llama!, prompts("llama").slice(0, 1), options)) {
        if (++tokens === 3) controller.abort(new Error("enough"));
      }
    };
    await expect(run()).rejects.toThrow("enough");
    expect(tokens).toBe(3);
  });

  it("leaks no tensors, whether finished, abandoned or repeated", async () => {
    const before = tf.memory().numTensors;
    await generateAll(models.llama!, prompts("llama"), { ...sampling, maxTokens: 3 });
    for await (const _ of generate(models.llama!, prompts("llama"), sampling)) break;
    expect(tf.memory().numTensors).toBe(before);
    const generator = createGenerator(models.llama!);
    for (let round = 0; round < 2; round++) {
      for await (const _ of generator.generate(prompts("llama"), { ...sampling, maxTokens: 3 }));
    }
    generator.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
