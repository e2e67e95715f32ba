import { describe, expect, it } from "vitest";
import { DomainError } from "../errors";
import { completeRunConfig } from "./complete-run-config";
import { fieldMeanings } from "./field-meaning";
import { methods } from "./methods";
import { recommendDefaults } from "./methods/recommend-defaults";
import { parseRunConfig } from "./parse-run-config";
import { rangeWarnings } from "./range-warnings";
import type { DpoConfig, KtoConfig } from "./run-config";
import type { Reason } from "./run-remarks";
import { totalSteps } from "./total-steps";

const golden = {
  method: "dpo",
  loss: "sigmoid",
  beta: 0.1,
  model: "llama",
  dataset: "preferences.jsonl",
  batchSize: 4,
  maxSteps: 10,
  maxLength: 512,
  learningRate: 0.001,
  lrScheduler: "constant",
  warmupRatio: 0,
  maxGradNorm: 1.0,
  weightDecay: 0,
  adamEpsilon: 1e-8,
  shuffle: false,
  dtype: "float32",
};
const complaint = (config: unknown, text = JSON.stringify(config, null, 2)) => {
  try {
    parseRunConfig(text, "RUN.json");
  } catch (error) {
    if (error instanceof DomainError) return error.userMessage;
    throw error;
  }
  return "accepted";
};

const textsOf = (reasons: readonly Reason[]) => reasons.map(({ text }) => text).join(" ");

describe("parseRunConfig", () => {
  it("takes the spelling of recorded runs as it stands", () => {
    expect(parseRunConfig(JSON.stringify(golden))).toMatchObject(golden);
  });
  it.each([
    [{ ...golden, betta: 0.1 }, /^RUN\.json:18: betta: no such key for method dpo \(did you mean "beta"\?\)$/],
    [{ ...golden, beta: "high" }, /^RUN\.json:4: beta: .*number.*got "high"/],
    [{ ...golden, beta: -1 }, /^RUN\.json:4: beta: .*>0 \(got -1\)/],
    [{ ...golden, dataset: undefined }, /^RUN\.json: dataset: .*\(it is missing\)/],
    [{ ...golden, method: "dop" }, /^RUN\.json:2: method must be one of sft, reward, dpo/],
    [{ ...golden, lora: { rank: 0 } }, /^RUN\.json:19: lora\.rank: /],
    [{ ...golden, lora: { ranks: 8 } }, /^RUN\.json:19: lora\.ranks: no such key/],
    [{ ...golden, lambda: 0.1 }, /lambda: no such key for method dpo/],
    [{ ...golden, sftMixRatio: -1 }, /^RUN\.json:18: sftMixRatio: /],
    [
      { method: "orpo", dataset: "p", sftMixRatio: 0.1 },
      /^RUN\.json:4: sftMixRatio: the loss of orpo already contains the likelihood/,
    ],
    [
      { ...golden, sftDataset: "d" },
      /^RUN\.json:18: sftDataset: the demonstrations are not mixed in; this key needs sftMixRatio above 0/,
    ],
    [
      { method: "orpo", dataset: "p", nllCoefficient: 1 },
      /nllCoefficient: the loss of orpo already contains the likelihood/,
    ],
    [{ method: "sft", dataset: "p", sftMixRatio: 0.1 }, /sftMixRatio: no such key for method sft/],
    [{ ...golden, microBatchSize: 8 }, /microBatchSize: 8 is more than batchSize 4/],
    [{ ...golden, loss: "robust" }, /labelSmoothing: the loss "robust" needs/],
    [
      { method: "ppo", dataset: "p", valueCoefficient: 0.5 },
      /^RUN\.json:4: valueCoefficient: this weight no longer exists: .*valueLearningRate/,
    ],
    [{ ...golden, lora: { dropout: 1 } }, /^RUN\.json:19: lora\.dropout: .*<1/],
    [{ method: "ppo", dataset: "p", lora: { dropout: 0.05 } }, /^RUN\.json:5: lora\.dropout: PPO compares/],
    [
      { ...golden, recomputeEvery: 2 },
      /^RUN\.json:18: recomputeEvery: no layer is computed twice; this key needs gradientCh/,
    ],
    [{ ...golden, adapter: "a", lora: {} }, /lora: cannot be combined with "adapter"/],
    [[], /^RUN\.json: the run must be an object/],
  ])("refuses %# with file, line and key", (config, expected) => {
    expect(complaint(config)).toMatch(expected);
  });
  it("names the line of broken JSON", () => {
    expect(complaint(null, '{\n  "method": "dpo",\n  "beta": 0.1.2\n}')).toMatch(/^RUN\.json:3: not valid JSON/);
  });
  it("gives every field a meaning", () => {
    for (const [method, { schema }] of Object.entries(methods)) {
      for (const [key, value] of Object.entries(schema.shape)) {
        if (key !== "method") expect(fieldMeanings.get(value), `${method}.${key}`).toBeDefined();
      }
    }
  });
});

describe("recommendDefaults", () => {
  it.each([7, 20, 50, 300, 5000])("reaches 20 steps with %d examples", (examples) => {
    expect(recommendDefaults(methods.dpo, { examples, device: "cpu" }).steps).toBeGreaterThanOrEqual(20);
  });
  it("takes ten times the learning rate for adapters and says why", () => {
    const adapter = recommendDefaults(methods.dpo, { examples: 20, device: "cpu" });
    const full = recommendDefaults(methods.dpo, { examples: 20, device: "cpu" }, { adapter: false });
    expect(adapter.learningRate).toBeCloseTo(full.learningRate * 10, 12);
    expect(textsOf(adapter.reasons)).toMatch(/only 20 examples.*adapter needs about 10 times/);
  });
  it("keeps the post-training guide's batch where data and device allow it", () => {
    const { batchSize, reasons, epochs } = recommendDefaults(methods.dpo, { examples: 10_000, device: "gpu" });
    expect({ batchSize, epochs }).toEqual({ batchSize: 64, epochs: 1 });
    expect(textsOf(reasons)).not.toMatch(/Batch/);
  });
  it("holds four examples in memory at once on a CPU, and never more than a batch", () => {
    const held = (examples: number) => recommendDefaults(methods.dpo, { examples, device: "cpu" }).microBatchSize;
    expect([held(5000), held(20)]).toEqual([4, 1]);
  });
  it("fills only what was left open", () => {
    const parsed = parseRunConfig('{"method":"dpo","dataset":"x","batchSize":2,"lora":{"rank":4}}');
    const { config, reasons } = completeRunConfig(parsed, { examples: 20, device: "cpu" });
    expect(config).toMatchObject({ batchSize: 2, microBatchSize: 2, learningRate: 5e-5, lora: { rank: 4, alpha: 8 } });
    expect(textsOf(reasons)).not.toMatch(/Batch/);
  });
  it.each([
    [{ epochs: 1 }, 20, 1, 20],
    [{ epochs: 6 }, 20, 2, 60],
    [{ maxSteps: 12 }, 20, 1, 12],
    [{}, 20, 1, 60],
  ])(
    "counts the steps of the batch's reason with the epochs that were asked for: %j",
    (asked, examples, batch, steps) => {
      const parsed = parseRunConfig(JSON.stringify({ method: "dpo", dataset: "x", ...asked }));
      const { config, reasons } = completeRunConfig(parsed, { examples, device: "cpu" });
      expect(config).toMatchObject({ ...asked, batchSize: batch });
      expect(totalSteps(config as DpoConfig, examples)).toBe(steps);
      expect(reasons[0]?.text).toMatch(new RegExp(`^Batch of ${batch} .*: ${steps} steps`));
    },
  );
  it("weighs the rarer kind of rated completions up to the range of KTO's paper, and leaves given weights alone", () => {
    const weights = (desirable: number, changes: object = {}) => {
      const parsed = parseRunConfig(JSON.stringify({ method: "kto", dataset: "x", ...changes }));
      const { config, reasons } = completeRunConfig(parsed, { examples: 100, device: "cpu", desirable });
      const { desirableWeight, undesirableWeight } = config as KtoConfig;
      return [desirableWeight, undesirableWeight, reasons.filter(({ text }) => /^Weights/.test(text)).length];
    };
    expect(weights(55)).toEqual([1, 1, 0]);
    expect(weights(80)).toEqual([1, 3, 1]); // 80 : 3 × 20 = 4 : 3
    expect(weights(20)).toEqual([4, 1, 1]); // 4 × 20 : 80 = 1 : 1
    expect(weights(100)).toEqual([1, 1, 0]);
    expect(weights(80, { undesirableWeight: 2 })).toEqual([1, 2, 0]);
  });
  it("counts the last, smaller batch of an epoch", () => {
    expect(totalSteps({ batchSize: 4, epochs: 2 }, 10)).toBe(6);
    expect(totalSteps({ batchSize: 4, epochs: 2, maxSteps: 5 }, 10)).toBe(5);
  });
});

describe("rangeWarnings", () => {
  it("names what lies outside the post-training guide's ranges", () => {
    const parsed = parseRunConfig(JSON.stringify({ ...golden, beta: 1 }));
    const { config } = completeRunConfig(parsed, { examples: 40, device: "cpu" });
    const fields = rangeWarnings(config, { examples: 40 }).map((warning) => warning.field);
    expect(fields).toEqual(["warmupRatio", "beta", "learningRate", "batchSize"]);
  });

  const warningsOf = (config: object) => {
    const parsed = parseRunConfig(JSON.stringify({ dataset: "x", lora: {}, ...config }));
    return rangeWarnings(completeRunConfig(parsed, { examples: 400, device: "cpu" }).config, { examples: 400 });
  };
  it("knows the defaults of another trainer that fail for SimPO", () => {
    expect(warningsOf({ method: "simpo" })).toEqual([]);
    expect(warningsOf({ method: "simpo", beta: 0.1, gamma: 0.5 }).map(({ field }) => field)).toEqual([
      "beta",
      "simpoKnownBadDefaults",
    ]);
    expect(warningsOf({ method: "simpo", beta: 2, gamma: 2 })).toEqual([
      { field: "gamma", message: expect.stringMatching(/^gamma ÷ beta is 1, outside/) },
    ]);
  });
  it("knows what KTO can't learn from: batches of one, completions of one kind", () => {
    const parsed = parseRunConfig('{"method":"kto","dataset":"x","lora":{},"batchSize":1}');
    const fieldsOf = (desirable: number) => {
      const { config } = completeRunConfig(parsed, { examples: 40, device: "cpu", desirable });
      return rangeWarnings(config, { examples: 40, desirable }).map(({ field }) => field);
    };
    expect(fieldsOf(20)).toEqual(["ktoBatchOfOne"]);
    expect(fieldsOf(40)).toEqual(["ktoBatchOfOne", "ktoOneKind"]);
    expect(fieldsOf(0)).toEqual(["ktoBatchOfOne", "ktoOneKind"]);
    expect(recommendDefaults(methods.kto, { examples: 5, device: "cpu" }).batchSize).toBe(2);
    expect(recommendDefaults(methods.dpo, { examples: 5, device: "cpu" }).batchSize).toBe(1);
  });
  it("speaks of too much dropout and too large an SFT mix by name", () => {
    const fields = warningsOf({ method: "dpo", lora: { dropout: 0.3 }, sftMixRatio: 0.5, nllCoefficient: 5 }).map(
      ({ field }) => field,
    );
    expect(fields).toEqual(["sftMixRatio", "nllCoefficient", "lora.dropout"]);
  });
  it("gives IPO a β and a range of its own, and says what gap it asks for", () => {
    const parsed = parseRunConfig('{"method":"dpo","dataset":"x","lora":{},"loss":"ipo"}');
    const { config, reasons } = completeRunConfig(parsed, { examples: 400, device: "cpu" });
    expect(config).toMatchObject({ beta: 1 });
    expect(textsOf(reasons)).toMatch(/β 1: loss "ipo" asks for a gap of 0\.5 nats per token/);
    expect(warningsOf({ method: "dpo", loss: "ipo" })).toEqual([]);
    for (const beta of [0.1, 0.2, 10]) {
      expect(warningsOf({ method: "dpo", loss: "ipo", beta })).toEqual([
        { field: "beta", message: expect.stringMatching(/is outside 0\.5–5: .*gap of 1\/\(2β\) nats per token/) },
      ]);
    }
    expect(warningsOf({ method: "dpo", loss: "robust", labelSmoothing: 0.1 })).toEqual([]);
  });
  it.each([
    ["a warm-up that is none", { method: "dpo", warmupRatio: 0 }, ["warmupRatio"]],
    ["a warm-up in steps", { method: "dpo", warmupRatio: 0, warmupSteps: 3 }, []],
    ["a long warm-up", { method: "dpo", warmupRatio: 0.2 }, ["warmupRatio"]],
    ["a batch too large", { method: "sft", batchSize: 256, epochs: 30 }, ["batchSize", "epochs"]],
    ["a batch smaller than the data asks for", { method: "sft", batchSize: 2, epochs: 4 }, ["epochs", "batchSize"]],
    ["a small batch of little data", { method: "sft", batchSize: 2 }, []],
    ["layers without q, k and o", { method: "dpo", lora: { targets: ["v_proj"] } }, ["lora.targets"]],
    ["all four", { method: "dpo", lora: { targets: ["q_proj", "k_proj", "v_proj", "o_proj"] } }, []],
    ["all four by longer names", { method: "dpo", lora: { targets: ["attn.c_attn", "attn.c_proj"] } }, []],
    ["half of GPT-2's", { method: "dpo", lora: { targets: ["c_attn"] } }, ["lora.targets"]],
    ["one pass over rollouts", { method: "ppo", ppoEpochs: 1 }, ["ppoEpochs"]],
    ["many passes over rollouts", { method: "ppo", ppoEpochs: 5 }, ["ppoEpochs"]],
    ["tiny minibatches", { method: "ppo", minibatchSize: 2 }, ["minibatchSize"]],
    ["huge minibatches", { method: "ppo", minibatchSize: 512, rolloutBatchSize: 600 }, ["minibatchSize"]],
    ["short completions", { method: "ppo", maxNewTokens: 8 }, ["maxNewTokens"]],
    ["long completions", { method: "ppo", maxNewTokens: 2048 }, ["maxNewTokens"]],
    ["a narrow nucleus", { method: "ppo", topP: 0.5 }, ["topP"]],
  ])("speaks of %s", (_, config, fields) => {
    expect(
      warningsOf(config)
        .map(({ field }) => field)
        .sort(),
    ).toEqual([...fields].sort());
  });
  it("samples PPO's completions at top-p 0.95, as the guide does", () => {
    expect(parseRunConfig('{"method":"ppo","dataset":"x"}')).toMatchObject({ topP: 0.95 });
  });
  it("names the source of a usual learning rate", () => {
    const of = (config: object) =>
      warningsOf({ learningRate: 1, ...config }).find(({ field }) => field === "learningRate");
    expect(of({ method: "dpo" })?.message).toMatch(
      /^learningRate 1 is outside 5e-6–5e-5: the post-training guide's range for this method, times 10 for an adapter\.$/,
    );
    expect(of({ method: "dpo", lora: undefined })?.message).toMatch(
      /5e-7–5e-6: the post-training guide's range for this method\.$/,
    );
  });
  it("asks for a larger beta where the loss is normalised by length", () => {
    expect(warningsOf({ method: "dpo", loss: "sigmoid_norm", beta: 5 })).toEqual([]);
    expect(warningsOf({ method: "dpo", loss: "sigmoid_norm" })).toEqual([]);
    expect(warningsOf({ method: "dpo", loss: "sigmoid_norm", beta: 0.1 })).toEqual([
      { field: "beta", message: expect.stringMatching(/^beta 0.1 is outside 2–10/) },
    ]);
  });
});
