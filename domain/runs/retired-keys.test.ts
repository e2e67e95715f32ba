import { expect, it } from "vitest";
import { checkRunConfig } from "./parse-run-config";
import { withoutRetiredKeys } from "./retired-keys";

it("lets a stored configuration run on without a key that is gone, and says so", () => {
  const stored = { method: "ppo", valueCoefficient: 0.1, clipRange: 0.2 };
  const { configuration, notices } = withoutRetiredKeys(stored);
  expect(configuration).toEqual({ method: "ppo", clipRange: 0.2 });
  expect(notices).toEqual([expect.stringMatching(/^valueCoefficient is ignored: .*valueLearningRate/)]);
  expect(checkRunConfig({ ...configuration, dataset: "d" })).toMatchObject({ clipRange: 0.2 });
  expect(() => checkRunConfig({ ...stored, dataset: "d" })).toThrow(/valueCoefficient/);
});

it("leaves all other configurations alone, also of a method that nobody knows", () => {
  for (const stored of [{ method: "dpo", valueCoefficient: 1 }, { method: "other", constructor: 1 }, {}]) {
    expect(withoutRetiredKeys(stored)).toEqual({ configuration: stored, notices: [] });
  }
});
