import { describe, expect, it } from "vitest";
import { diagnose } from "./diagnose";
import { line, traceOf, verdictsOf } from "./testing/test-trace";

const OF_ONE = 40;
/** Each member starts with a coin's loss and learns; its gradient falls with the loss. */
const learned = { loss: line(0.7, 0.02, OF_ONE, 0.005), gradNorm: line(9, 0.4, OF_ONE, 0.02) };
const configuration = { learningRate: 1e-4, ensemble: 3, lora: { rank: 16 } };
const thrice = (values: readonly number[]) => [...values, ...values, ...values];

const ensemble = (series: Record<string, readonly number[]>, more = {}) =>
  traceOf("reward", series, { configuration, totalSteps: 3 * OF_ONE, ...more });
const healthy = { loss: thrice(learned.loss), gradNorm: thrice(learned.gradNorm) };
/** The run is validated every ten steps. */
const validated = (trace: ReturnType<typeof ensemble>, values: readonly number[]) => ({
  ...trace,
  series: new Map([...trace.series, ["evalLoss", values.map((value, at) => ({ step: (at + 1) * 10, value }))]]),
});
const LEARNS = [0.65, 0.55, 0.45, 0.4];

describe("an ensemble", () => {
  it("is not taken to jump where the next member starts anew", () => {
    expect(verdictsOf(ensemble(healthy))).toEqual({ critical: [], warning: [], info: [] });
    // The diagnosis that the trace would get if it were one run.
    expect(verdictsOf(ensemble(healthy, { totalSteps: null })).warning).toContain("instability");
  });

  it("does not overfit because a later member has just begun", () => {
    const begun = { loss: [...learned.loss, ...learned.loss.slice(0, 35)], gradNorm: [] };
    const trace = validated(ensemble(begun), [...LEARNS, ...LEARNS.slice(0, 3)]);
    expect(verdictsOf(trace).warning).toEqual([]);
    expect(verdictsOf({ ...trace, totalSteps: null }).warning).toContain("overfitting");
  });

  it("is told of by the member that it befell", () => {
    const trace = validated(ensemble(healthy), [...LEARNS, 0.65, 0.4, 0.5, 0.62, ...LEARNS]);
    const verdict = diagnose(trace).verdicts.find(({ name }) => name === "overfitting");
    expect(verdict?.severity).toBe("critical");
    expect(verdict?.evidence.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Member 2: The validation loss rose from 0\.4 at step 60 to 0\.62/),
    ]);
    expect(verdict?.evidence[0]?.steps).toEqual([60, 80]);
  });

  it("is told once of what all members share", () => {
    const pairs = { count: 110, chosen: 400, rejected: 100, chosenLonger: 1 };
    const verdict = diagnose(ensemble(healthy, { pairs })).verdicts.find(({ name }) => /length/.test(name));
    expect(verdict?.evidence).toHaveLength(1);
    expect(verdict?.evidence[0]?.text).toMatch(/^In 100 % of 110 pairs/);
  });

  it("fails in the member that was trained last", () => {
    const failure = { code: "non-finite-loss", message: "step 75: the loss is NaN", step: 75 };
    const begun = { loss: [...learned.loss, ...learned.loss.slice(0, 34)], gradNorm: [] };
    const verdict = diagnose(ensemble(begun, { failure })).verdicts.find(({ severity }) => severity === "critical");
    expect(verdict?.evidence.map(({ text }) => text).join()).toMatch(/^Member 2: /);
    expect(verdict?.evidence.map(({ text }) => text).join()).not.toContain("Member 1");
  });

  it("that has not begun is asked about as any run", () => {
    expect(diagnose(ensemble({})).undecided.length).toBeGreaterThan(0);
  });
});
