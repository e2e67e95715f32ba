import { expect, it } from "vitest";
import { refusedValues } from "./refused-values";

const shown = ["beta", "labelSmoothing", "lora", "lora.rank", "suiteThresholds.mathematics", "suiteThresholds.coding"];
const refusal = (...issues: { field?: string; message: string }[]) => ({ data: { userMessage: "…", issues } });
const keysOf = (error: unknown, overrides: Record<string, number | string | boolean>) =>
  refusedValues(error, { overrides, shown }).map(({ key }) => key);

it("marks every field that an issue names", () => {
  const error = refusal({ field: "beta", message: "expected number" }, { field: "lora.rank", message: ">0" });
  expect(refusedValues(error, { overrides: { beta: "x", "lora.rank": 0 }, shown })).toEqual([
    { key: "beta", message: "expected number" },
    { key: "lora.rank", message: ">0" },
  ]);
});

it("marks a field that was left alone, where another one's value asks for it", () => {
  const error = refusal({ field: "labelSmoothing", message: 'loss "robust" needs the share of flipped labels' });
  expect(keysOf(error, { loss: "robust" })).toEqual(["labelSmoothing"]);
});

it("marks a field inside the object that is wrong as a whole, the one that was changed first", () => {
  const error = refusal({ field: "suiteThresholds", message: "no suite is scored" });
  expect(keysOf(error, { "suiteThresholds.coding": 0.5 })).toEqual(["suiteThresholds.coding"]);
});

it("marks the list of computed rewards for what is wrong inside it", () => {
  const error = refusal({ field: "rewardFunctions.0.max", message: ">0" });
  expect(keysOf(error, { rewardFunctions: "[…]" })).toEqual(["rewardFunctions"]);
});

it("leaves an error about something else to whoever shows errors", () => {
  expect(keysOf(refusal(), { beta: 1 })).toEqual([]);
  expect(keysOf(refusal({ message: "the project is gone" }), { beta: 1 })).toEqual([]);
  expect(keysOf(refusal({ field: "baseModelVersionId", message: "is no id" }), { beta: 1 })).toEqual([]);
  expect(keysOf(new Error("offline"), { beta: 1 })).toEqual([]);
});
