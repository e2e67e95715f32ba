import { describe, expect, it } from "vitest";
import { CHECKS } from "../diagnosis/checks";
import { checksOf } from "../diagnosis/diagnose";
import { completeHyperparameters, completeRunConfig } from "./complete-run-config";
import { isPlace } from "./fields/places";
import { METHODS, type Method, methodOf, methods } from "./methods";
import { checkHyperparameters, checkRunConfig } from "./parse-run-config";
import { rangeWarnings } from "./range-warnings";
import { safeRangeOf, usualLearningRates } from "./safe-ranges";

const circumstances = { examples: 120, device: "cpu", desirable: 100 } as const;
const hyperparametersOf = (method: Method, changes: object = {}, fromAdapter = false) => {
  const asked = checkHyperparameters({ method, ...(fromAdapter ? {} : { lora: {} }), ...changes }, { fromAdapter });
  return completeHyperparameters(asked, { ...circumstances, fromAdapter });
};

describe.each(METHODS)("%s", (method) => {
  it("is complete without places, and what is complete is taken as it is and gives no reasons", () => {
    const { config, reasons } = hyperparametersOf(method);
    expect(Object.keys(config).filter(isPlace)).toEqual([]);
    for (const key of methodOf(method).leftOpen) expect(config, key).toHaveProperty(key);
    expect(reasons).not.toEqual([]);

    // The fixture stands for a trainer that counts other records, on another device, and knows the places.
    const stored: unknown = JSON.parse(JSON.stringify(config));
    const run = checkRunConfig({ ...(stored as object), dataset: "/d", model: "/m" });
    const again = completeRunConfig(run, { examples: 77, device: "gpu", desirable: 3 });
    expect(again.config).toEqual(run);
    expect(again.config).toMatchObject(stored as object);
    expect(again.reasons).toEqual([]);
  });

  it("takes the rates of an adapter where the base is one, as where one is added", () => {
    const rates = (fromAdapter: boolean) => {
      const { config } = hyperparametersOf(method, {}, fromAdapter);
      return usualLearningRates(method, true).map(({ key }) => (config as Record<string, unknown>)[key]);
    };
    expect(rates(true)).toEqual(rates(false));
    const { config } = hyperparametersOf(method, {}, true);
    const usual = (fromAdapter: boolean) =>
      rangeWarnings(config, { examples: 120, desirable: 60, fromAdapter }).filter(({ message }) =>
        /^(learningRate|policyLearningRate|valueLearningRate) /.test(message),
      );
    expect(usual(true)).toEqual([]);
    expect(usual(false)).not.toEqual([]);
  });

  it("has defaults within its own ranges", () => {
    for (const { key, rate, low, high } of usualLearningRates(method, false)) {
      expect(rate.full, key).toBeGreaterThanOrEqual(low);
      expect(rate.full, key).toBeLessThanOrEqual(high);
    }
    const { config } = completeHyperparameters(checkHyperparameters({ method }, { fromAdapter: false }), circumstances);
    expect(rangeWarnings(config, { examples: 1000, desirable: 500 })).toEqual([]);
  });

  it("names only fields that it has in its reasons, and is spoken of by some checks that are not of every run", () => {
    const { shape } = methodOf(method).schema;
    for (const { field } of hyperparametersOf(method).reasons) expect(Object.keys(shape)).toContain(field);
    const own = checksOf({ method }).filter(({ speaksOf }) => speaksOf !== "every run");
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThan(CHECKS.length);
  });
});

describe("which checks of the diagnosis speak of a method", () => {
  const namesOf = (method: Method) => checksOf({ method }).map(({ name }) => name);
  it("goes by what its runs show", () => {
    expect(namesOf("sft")).toEqual(
      expect.not.arrayContaining(["accuracy-near-chance", "beta-too-low", "kl-explosion", "length-growth"]),
    );
    expect(namesOf("sft")).toEqual(expect.arrayContaining(["overfitting", "forgetting"]));
    expect(namesOf("kto")).toEqual(expect.arrayContaining(["beta-too-low", "beta-too-high"]));
    expect(namesOf("kto")).not.toContain("accuracy-near-chance");
    expect(namesOf("reward")).not.toContain("forgetting");
    expect(namesOf("ppo")).toContain("kl-explosion");
    expect(namesOf("ppo")).not.toContain("overfitting");
  });
});

describe("issues of a configuration", () => {
  const issuesOf = (check: () => unknown) => {
    try {
      check();
    } catch (error) {
      return (error as { issues?: unknown }).issues;
    }
    return "accepted";
  };
  it.each([
    [{ method: "dpo", beta: -1, epochs: "two" }, [["epochs"], ["beta"]]],
    [{ method: "dpo", lora: { rank: 0 } }, [["lora", "rank"]]],
    [{ method: "dpo", loss: "robust" }, [["labelSmoothing"]]],
    [{ method: "dpo", betta: 1, lambda: 2 }, [["betta"], ["lambda"]]],
    [{ method: "sft", completionOnlyLoss: false, lossOn: "completion" }, [["completionOnlyLoss"]]],
    [
      { method: "ppo", klLookahead: 5, memoryMode: "adapters", suiteThresholds: { math: 0.5 } },
      [["memoryMode"], ["klLookahead"], ["suiteThresholds"]],
    ],
    [{ method: "ppo", suitesEvery: 2, suiteThresholds: { mathematics: 2 } }, [["suiteThresholds", "mathematics"]]],
    [{ method: "kto", microBatchSize: 8, batchSize: 4 }, [["microBatchSize"]]],
    [{ method: "dop" }, [["method"]]],
    [{ method: "dpo", dataset: "pairs.jsonl" }, [["dataset"]]],
  ])("has the path of each key that is wrong: %j", (input, paths) => {
    const issues = issuesOf(() => checkHyperparameters(input, { fromAdapter: false })) as { path: unknown }[];
    expect(issues.map(({ path }) => path)).toEqual(paths);
  });
  it("knows that an adapter of its own goes without one to go on from, wherever it comes from", () => {
    const own = { method: "dpo", lora: {} };
    expect(issuesOf(() => checkHyperparameters(own, { fromAdapter: true }))).toMatchObject([{ path: ["lora"] }]);
    expect(issuesOf(() => checkRunConfig({ ...own, adapter: "a", dataset: "d" }))).toMatchObject([{ path: ["lora"] }]);
    expect(issuesOf(() => checkHyperparameters({ method: "ppo", memoryMode: "adapters" }, { fromAdapter: true }))).toBe(
      "accepted",
    );
  });
});

describe("a safe range", () => {
  it("may depend on other values, and is then the one that warns, that the form shows and that the diagnosis reads", () => {
    expect(safeRangeOf("dpo", "beta", { loss: "sigmoid" })).toMatchObject({ min: 0.1, max: 0.5 });
    expect(safeRangeOf("dpo", "beta", { loss: "sigmoid_norm" })).toMatchObject({ min: 2, max: 10 });
    expect(safeRangeOf("dpo", "beta", { loss: "ipo" })).toMatchObject({ min: 0.5, max: 5 });
    expect(safeRangeOf("kto", "beta", {})).toMatchObject({ min: 0.01, max: 0.5 });
    expect(safeRangeOf("no-such-method", "beta", {})).toBeUndefined();
  });
});

it("says by the records that a method learns from which methods write their own", () => {
  const online = METHODS.filter((method) => methods[method].learnsFrom === "prompt");
  expect(online).toEqual(["ppo"]);
});
