import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { isKept } from "./check";
import { COMPLETIONS } from "./enumerable-language";
import { completionLogProbs, expectation, findOptimum, klDivergence, objective, totalVariation } from "./optimum";
import { selftest } from "./selftest";
import { createSetting, randomTable } from "./setting";

beforeAll(async () => {
  await loadBackend();
});

describe("the enumerable language", () => {
  const { beta, reference, referenceLogProbs, rewards, optimum } = createSetting();
  it("has 40 completions, and every policy's probabilities of them sum to 1", () => {
    expect(COMPLETIONS).toHaveLength(40);
    expect(
      expectation(
        referenceLogProbs,
        COMPLETIONS.map(() => 1),
      ),
    ).toBeCloseTo(1, 12);
  });
  it("has an optimum that the table and the formula agree on, which no small change betters", () => {
    completionLogProbs(optimum.table).forEach((logProb, i) => {
      expect(logProb).toBeCloseTo(optimum.logProbs[i]!, 10);
    });
    const reached = objective(optimum.logProbs, referenceLogProbs, rewards, beta);
    expect(reached).toBeCloseTo(optimum.objective, 10);
    for (let place = 0; place < 52; place += 7) {
      const changed = optimum.table.map((logProb, i) => (i === place ? logProb + 1e-3 : logProb));
      const normalised = changed.map((logProb, i) => {
        const state = Math.floor(i / 4) * 4;
        return logProb - Math.log(changed.slice(state, state + 4).reduce((sum, value) => sum + Math.exp(value), 0));
      });
      expect(objective(completionLogProbs(normalised), referenceLogProbs, rewards, beta)).toBeLessThan(reached);
    }
  });
  it("measures distances: none to itself, and those of a policy that prefers nothing by hand", () => {
    expect(totalVariation(optimum.logProbs, optimum.logProbs)).toBe(0);
    expect(klDivergence(optimum.logProbs, optimum.logProbs)).toBe(0);
    const same = findOptimum(
      reference,
      COMPLETIONS.map(() => 3),
      beta,
    );
    expect(totalVariation(same.logProbs, referenceLogProbs)).toBeCloseTo(0, 10);
    expect(same.objective).toBeCloseTo(3, 10);
    expect(randomTable(() => 0)[0]).toBeCloseTo(-Math.log(4), 12);
  });
});

describe("selftest", () => {
  it("keeps every bound and lets go of all tensors", async () => {
    const before = tf.memory().numTensors;
    const missed: string[] = [];
    let count = 0;
    for await (const check of selftest()) {
      count += 1;
      if (!isKept(check)) missed.push(`${check.name}: ${check.figure}`);
    }
    expect(missed).toEqual([]);
    expect(count).toBeGreaterThan(15);
    expect(tf.memory().numTensors).toBe(before);
  });
  it("counts a figure that is no number as missed", () => {
    expect(isKept({ name: "", figure: Number.NaN, bound: 1, must: "at most" })).toBe(false);
    expect(isKept({ name: "", figure: Number.NaN, bound: 1, must: "at least" })).toBe(false);
  });
});
