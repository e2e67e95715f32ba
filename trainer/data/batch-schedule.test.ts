import { describe, expect, it } from "vitest";
import { fillRows, scheduleBatches, splitIntoMicroBatches } from "./batch-schedule";

const alone = (count: number) => new Array<null>(count).fill(null);
const options = { batchSize: 4, epochs: 1, shuffle: true, seed: 7 };
const flat = (schedule: { indices: number[] }[]) => schedule.flatMap(({ indices }) => indices);
const sorted = (indices: number[]) => [...indices].sort((a, b) => a - b);

describe("scheduleBatches", () => {
  it("keeps the file's order without shuffling", () => {
    expect(scheduleBatches(alone(6), { ...options, shuffle: false })).toEqual([
      { epoch: 0.5, indices: [0, 1, 2, 3] },
      { epoch: 1, indices: [4, 5] },
    ]);
  });
  it("shows every example once an epoch, in an order of its own", () => {
    const schedule = scheduleBatches(alone(40), { ...options, epochs: 2 });
    const [first, second] = [flat(schedule.slice(0, 10)), flat(schedule.slice(10))];
    expect(sorted(first)).toEqual(sorted(second));
    expect(new Set(first).size).toBe(40);
    expect(first).not.toEqual(second);
  });
  it("follows from the seed alone", () => {
    expect(scheduleBatches(alone(40), options)).toEqual(scheduleBatches(alone(40), options));
    expect(scheduleBatches(alone(40), options)).not.toEqual(scheduleBatches(alone(40), { ...options, seed: 8 }));
  });
  it("stops at maxSteps and at a part of an epoch", () => {
    expect(scheduleBatches(alone(40), { ...options, epochs: 9, maxSteps: 13 })).toHaveLength(13);
    expect(scheduleBatches(alone(40), { ...options, epochs: 1.5 })).toHaveLength(15);
  });
  it("keeps a group in one batch", () => {
    const groups = ["a", "a", null, "b", "b", "b", null, "c", "c", "c", "c", "c"];
    for (let seed = 0; seed < 20; seed++) {
      const schedule = scheduleBatches(groups, { ...options, batchSize: 2, seed });
      expect(sorted(flat(schedule))).toEqual(groups.map((_, index) => index));
      for (const group of ["a", "b", "c"]) {
        const holding = schedule.filter(({ indices }) => indices.some((index) => groups[index] === group));
        expect(holding).toHaveLength(1);
      }
    }
  });
});

describe("splitIntoMicroBatches", () => {
  it("puts similar lengths together and loses nothing", () => {
    const lengths = [5, 90, 6, 80, 70];
    expect(splitIntoMicroBatches([0, 1, 2, 3, 4], (index) => lengths[index] ?? 0, 2)).toEqual([[1, 3], [4, 2], [0]]);
  });
});

describe("fillRows", () => {
  it("fills rows up to their capacity, longest first, and gives a longer example a row of its own", () => {
    const lengths = [30, 120, 50, 40, 100, 20];
    expect(fillRows([0, 1, 2, 3, 4, 5], (index) => lengths[index] ?? 0, 100)).toEqual([[1], [4], [2, 3], [0, 5]]);
  });
});
