import { expect, it } from "vitest";
import { EXPLAINED_METRICS, meaningOfMetric, titleOfMetric } from "./metric-meaning";
import { ROLLOUT_METRICS } from "./rollout-metrics";

it("calls every figure by a title of its own", () => {
  for (const name of Object.values(ROLLOUT_METRICS)) expect(titleOfMetric(name)).not.toBe(name);
  expect(titleOfMetric("suites/math")).toBe("Suite: Mathematics");
  expect(meaningOfMetric("constructor")).toBeNull();
  expect(titleOfMetric("never-heard-of")).toBe("never-heard-of");
});

it("no two figures of one method are called the same", () => {
  // A preference method's accuracy and margin are called as a reward model's: no method reports both.
  const shared = new Set(["Accuracy", "Margin"]);
  const titles = EXPLAINED_METRICS.map(titleOfMetric).filter((title) => !shared.has(title));
  expect(new Set(titles).size).toBe(titles.length);
});
