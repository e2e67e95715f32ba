import { describe, expect, it } from "vitest";
import { learningRateAt, type ScheduleKind } from "./schedules";

const rates = (kind: ScheduleKind, warmupSteps: number, totalSteps: number) =>
  Array.from({ length: totalSteps }, (_, step) =>
    learningRateAt(step, { kind, learningRate: 8, warmupSteps, totalSteps }),
  );

describe("learningRateAt", () => {
  it("starts the warm-up at exactly 0 and reaches the full rate at its end", () => {
    expect(rates("constant", 4, 7)).toEqual([0, 2, 4, 6, 8, 8, 8]);
    expect(rates("constant", 0, 2)).toEqual([8, 8]);
  });

  it("falls linearly towards 0 just after the last step", () => {
    expect(rates("linear", 2, 6)).toEqual([0, 4, 8, 6, 4, 2]);
    expect(learningRateAt(9, { kind: "linear", learningRate: 8, warmupSteps: 2, totalSteps: 6 })).toBe(0);
  });

  it("falls along half a cosine", () => {
    const cosine = rates("cosine", 0, 4);
    expect(cosine[0]).toBe(8);
    expect(cosine[1]).toBeCloseTo(4 * (1 + Math.SQRT1_2), 12);
    expect(cosine[2]).toBeCloseTo(4, 12);
    expect(cosine[3]).toBeCloseTo(4 * (1 - Math.SQRT1_2), 12);
  });
});
