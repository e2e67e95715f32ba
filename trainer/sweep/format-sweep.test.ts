import { describe, expect, it } from "vitest";
import { formatSweep } from "./format-sweep";
import type { SweepRow } from "./sweep-file";

function row(learningRate: number, changes: Partial<SweepRow> = {}): SweepRow {
  return {
    name: `learningRate=${learningRate}`,
    values: { learningRate },
    status: "finished",
    steps: 20,
    loss: 0.5,
    score: null,
    bestStep: 10,
    evalLoss: 0.6,
    evalAccuracy: 0.75,
    evalMargin: 0.1234,
    tokensPerSecond: 512.3,
    seconds: 4.21,
    ...changes,
  };
}

describe("formatSweep", () => {
  it("sorts by validation loss, puts what did not finish last, and shows no empty column", () => {
    const failed: Partial<SweepRow> = { status: "failed", error: "out of luck", evalLoss: null, evalAccuracy: null };
    const table = formatSweep([
      row(1, { ...failed, evalMargin: null, bestStep: null, loss: null, tokensPerSecond: null, steps: 0 }),
      row(1e-4),
      row(1e-5, { evalLoss: 0.55 }),
    ]);
    expect(table.split("\n")).toEqual([
      "learningRate  validation loss  accuracy  margin   at step    loss  tokens/s  seconds",
      "     0.00001           0.5500    75.0 %  0.1234  10 of 20  0.5000       512      4.2",
      "      0.0001           0.6000    75.0 %  0.1234  10 of 20  0.5000       512      4.2",
      "           1                –         –       –    – of 0       –         –      4.2  failed: out of luck",
    ]);
  });

  it("sorts by training loss where nothing was validated", () => {
    const unvalidated = { evalLoss: null, evalAccuracy: null, evalMargin: null, bestStep: null };
    const table = formatSweep([row(1, { ...unvalidated, loss: 0.9 }), row(2, { ...unvalidated, loss: 0.3 })]);
    expect(table.split("\n").map((line) => line.trim().split(/ +/)[0])).toEqual(["learningRate", "2", "1"]);
    expect(table).not.toContain("validation loss");
  });

  it("says where losses can't be compared", () => {
    const table = formatSweep([row(1, { values: { beta: 0.1 } }), row(2, { values: { beta: 0.3 } })]);
    expect(table).toContain("\nLosses of different beta are not on one scale; compare accuracy there.");
    expect(formatSweep([row(1, { values: { beta: 0.1 } })])).not.toContain("one scale");
  });
});
