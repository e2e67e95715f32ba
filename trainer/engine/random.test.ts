import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "./backend";
import { createRandom, statelessUniform } from "./random";

describe("createRandom", () => {
  it("repeats itself from its seed and goes on from a stored state", () => {
    const random = createRandom(7);
    const first = Array.from({ length: 5 }, random.next);
    const state = JSON.parse(JSON.stringify(random.state()));
    const rest = Array.from({ length: 5 }, random.next);
    expect(Array.from({ length: 5 }, createRandom(7).next)).toEqual(first);
    expect(Array.from({ length: 5 }, createRandom(8).next)).not.toEqual(first);
    const other = createRandom(0);
    other.restore(state);
    expect(Array.from({ length: 5 }, other.next)).toEqual(rest);
  });

  it("is uniform, and normal with mean 0 and variance 1", () => {
    const random = createRandom(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[random.integer(10)]!++;
    // χ² with 9 degrees of freedom: 27.9 is its 0.999 quantile.
    expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
    const normals = Array.from({ length: 20_000 }, random.normal);
    const mean = normals.reduce((sum, x) => sum + x, 0) / normals.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(normals.reduce((sum, x) => sum + x * x, 0) / normals.length).toBeCloseTo(1, 1);
  });

  it("shuffles into a permutation", () => {
    const shuffled = createRandom(3).shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe("statelessUniform", () => {
  beforeAll(() => loadBackend());

  it("depends on its seed alone and lies in [0, 1)", () => {
    const random = createRandom(11);
    const [one, two] = [random.seedTensor(), random.seedTensor()];
    const values = Array.from(statelessUniform([1000], one).dataSync());
    expect(Array.from(statelessUniform([1000], one).dataSync())).toEqual(values);
    expect(Array.from(statelessUniform([1000], two).dataSync())).not.toEqual(values);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((sum, x) => sum + x, 0) / 1000).toBeCloseTo(0.5, 1);
  });
});
