import { describe, expect, it } from "vitest";
import type { Method } from "@/domain/runs/methods";
import { describeConfiguration } from "./describe-configuration";
import { type Overrides, resolveConfiguration } from "./resolve-configuration";

const sheetOf = (
  method: Method,
  overrides: Overrides = {},
  { fromAdapter = false, desirable = 60, demonstrations = 30 } = {},
) => {
  const input = { method, fromAdapter, examples: 120, device: "cpu", desirable, overrides } as const;
  return describeConfiguration(method, resolveConfiguration(input), fromAdapter, { demonstrations });
};
const fieldOf = (fields: ReturnType<typeof sheetOf>, key: string) => fields.find((field) => field.key === key);
const whyOf = (fields: ReturnType<typeof sheetOf>) =>
  Object.fromEntries(fields.flatMap(({ key, why }) => (why === null ? [] : [[key, why]])));

describe("the reasons of a configuration", () => {
  it("stand at their fields", () => {
    expect(whyOf(sheetOf("dpo"))).toEqual({
      batchSize: expect.stringMatching(/^Batch of 8 examples instead of the usual/),
      epochs: expect.stringMatching(/^3 epochs: /),
      learningRate: expect.stringMatching(/^Learning rate 0\.00005: an adapter needs/),
    });
    expect(whyOf(sheetOf("dpo", { batchSize: 4, epochs: 1, learningRate: 1e-5 }))).toEqual({});
  });
  it("have those of KTO's class weights, at the weight that was raised", () => {
    expect(whyOf(sheetOf("kto", {}, { desirable: 100 }))).toHaveProperty(
      "undesirableWeight",
      expect.stringMatching(
        /^Weights 1 \(desirable\) and 3\.75 \(undesirable\), because there are 100 desirable and 20 undesirable/,
      ),
    );
    expect(whyOf(sheetOf("kto", {}, { desirable: 20 }))).toHaveProperty("desirableWeight");
    expect(whyOf(sheetOf("kto"))).not.toHaveProperty("desirableWeight");
    expect(whyOf(sheetOf("kto", { desirableWeight: 2 }, { desirable: 20 }))).not.toHaveProperty("desirableWeight");
  });
  it("have that of PPO's β, with a KL target and without", () => {
    expect(whyOf(sheetOf("ppo"))).toHaveProperty("klCoefficient", expect.stringMatching(/^KL coefficient β 0\.1,/));
    const adapting = whyOf(sheetOf("ppo", { klTarget: 6 }));
    expect(adapting).toHaveProperty(
      "klCoefficient",
      expect.stringMatching(/scores of the first iteration decide .* about 6 nats\.$/),
    );
    expect(adapting).toHaveProperty("klHorizon", expect.stringMatching(/^KL horizon \d+ instead of 10,000/));
    expect(adapting).toHaveProperty("klLookahead");
    expect(whyOf(sheetOf("ppo", { klCoefficient: 0.05 }))).not.toHaveProperty("klCoefficient");
  });
});

describe("the form of a method", () => {
  it("has no field for a place, nor one that the method does not take", () => {
    const keys = sheetOf("ppo").map(({ key }) => key);
    expect(keys).toContain("lora.rank");
    for (const key of ["model", "adapter", "dataset", "rewardModels", "sftDataset", "method", "lora.dropout"])
      expect(keys).not.toContain(key);
    expect(sheetOf("dpo").map(({ key }) => key)).toContain("lora.dropout");
    expect(sheetOf("dpo", {}, { fromAdapter: true }).map(({ key }) => key)).not.toContain("lora.rank");
  });
  it("offers to mix demonstrations in only where there are some", () => {
    for (const method of ["dpo", "kto", "simpo", "ppo"] as const) {
      const keys = (demonstrations: number) => sheetOf(method, {}, { demonstrations }).map(({ key }) => key);
      expect(keys(1)).toContain("sftMixRatio");
      expect(keys(0)).not.toContain("sftMixRatio");
    }
    expect(sheetOf("dpo", {}, { demonstrations: 0 }).map(({ key }) => key)).toContain("nllCoefficient");
  });
  it("shows the range of learning rates that goes with adapter or all weights, and that of β by the loss", () => {
    expect(fieldOf(sheetOf("dpo"), "learningRate")?.range).toMatchObject({ min: 5e-6, max: 5e-5 });
    expect(fieldOf(sheetOf("dpo", { lora: false }), "learningRate")?.range).toMatchObject({ min: 5e-7, max: 5e-6 });
    expect(fieldOf(sheetOf("ppo"), "policyLearningRate")?.range).toMatchObject({ min: 1e-5, max: 2e-4 });
    expect(fieldOf(sheetOf("dpo"), "beta")?.range).toMatchObject({ min: 0.1, max: 0.5 });
    expect(fieldOf(sheetOf("dpo", { loss: "sigmoid_norm" }), "beta")?.range).toMatchObject({ min: 2, max: 10 });
  });
});

describe("resolveConfiguration", () => {
  it.each([
    [{ dataset: "/etc/passwd" }, "dataset"],
    [{ method: "sft" }, "method"],
    [{ rewardFunctions: "[" }, "rewardFunctions"],
    [{ rewardFunctions: '[{"name":"module","path":"x"}]' }, "rewardFunctions"],
    [{ rewardFunctions: '[{"name":"regularExpression","pattern":"("}]' }, "rewardFunctions"],
    [{ ppoEpochs: 1.5 }, "ppoEpochs"],
    [{ "lora.rank": 0 }, "lora.rank"],
    [{ "suiteThresholds.reasoning": 0.5 }, "suiteThresholds"],
  ])("refuses %j with the path of the key", (overrides, key) => {
    const resolve = () => sheetOf("ppo", overrides as Overrides);
    expect(resolve).toThrowError(expect.objectContaining({ code: "run-config-invalid" }));
    try {
      resolve();
    } catch (error) {
      const [issue] = (error as { issues: { path: (string | number)[] }[] }).issues;
      expect(issue?.path.join(".")).toBe(key);
    }
  });
});
