import { describe, expect, it } from "vitest";
import { totalSteps } from "@/domain/runs/total-steps";
import { resolveConfiguration } from "./resolve-configuration";
import { listMethods, type RecordCounts, recommendMethod, tooFewRecords, trainingRecords } from "./training-methods";

const none = { train: 0, validation: 0 };
const some = { train: 30, validation: 3 };
const counts = (part: Partial<RecordCounts>): RecordCounts => ({
  pairs: none,
  demonstrations: none,
  unpaired: none,
  prompts: none,
  ...part,
});

describe("the method for what was collected", () => {
  it.each([
    ["pairs", { pairs: some }, false, "dpo", /30 preference pairs/],
    ["pairs and demonstrations", { pairs: some, demonstrations: some }, false, "sft", /30 demonstrations.*then .* DPO/],
    [
      "the same, from a model that imitates",
      { pairs: some, demonstrations: some },
      true,
      "dpo",
      /has already learned from demonstrations/,
    ],
    ["demonstrations alone", { demonstrations: some }, true, "sft", /few comparisons/],
    ["completions judged one by one", { unpaired: some }, false, "kto", /30 completions were judged/],
    ["ratings that gave some pairs", { unpaired: some, pairs: { train: 10, validation: 0 } }, false, "kto", /10 pairs/],
    ["pairs and a few judged completions", { unpaired: some, pairs: some }, false, "dpo", /30 preference pairs/],
    ["nothing", {}, false, "dpo", /directly/],
  ] as const)("%s", (_, part, imitates, method, why) => {
    const recommendation = recommendMethod(counts(part), { imitates });
    expect(recommendation.method).toBe(method);
    expect(recommendation.why).toMatch(why);
  });

  it("advises a calmer loss where people contradict one another", () => {
    const advice = (outvoted: number) =>
      recommendMethod(
        { ...counts({ pairs: some }), used: 80, leftOut: [{ reason: "outvoted", count: outvoted }] },
        { imitates: false },
      ).advice;
    expect(advice(5)).toEqual([]);
    expect(advice(20)).toEqual([expect.stringMatching(/^20 % .* ipo/)]);
  });

  it("offers what has its records and says what is missing for the others", () => {
    const methods = Object.fromEntries(
      listMethods(counts({ pairs: some })).map(({ method, reason }) => [method, reason]),
    );
    expect(methods).toMatchObject({ dpo: null, reward: null, orpo: null, simpo: null });
    expect(methods.sft).toMatch(/SFT needs at least 5 demonstrations .* there are 0/);
  });
});

describe("what PPO counts", () => {
  // There are 20 prompts, eight completions of each ranked: 28 pairs a prompt.
  const ranked = counts({ pairs: { train: 504, validation: 56 }, prompts: { train: 18, validation: 2 } });

  it("is prompts, so that the promised iterations are those that are made", () => {
    const examples = trainingRecords("ppo", ranked);
    expect(examples).toBe(18);
    expect(trainingRecords("dpo", ranked)).toBe(504);
    const { values, steps } = resolveConfiguration({
      method: "ppo",
      fromAdapter: false,
      device: "cpu",
      examples,
      overrides: { klTarget: 4 },
    });
    expect(values).toMatchObject({ epochs: 20, klHorizon: 32 });
    expect(steps).toBe(40);
    expect(totalSteps(values as Parameters<typeof totalSteps>[0], 18)).toBe(40);
  });

  it("refuses one prompt, however many records it gave", () => {
    const one = counts({ pairs: { train: 6, validation: 0 }, prompts: { train: 1, validation: 0 } });
    expect(tooFewRecords("ppo", one)).toMatch(/and there is 1\.$/);
    expect(tooFewRecords("dpo", one)).toBeNull();
  });
});
