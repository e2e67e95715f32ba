import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { learnWalks } from "../../fixtures/learn-walks";

it.each([
  ["PPO", {}],
  ["RLOO", { advantageEstimator: "rloo" }],
  ["GRPO", { advantageEstimator: "grpo" }],
])("%s walks at least nine tenths as short as can be", async (_, changes) => {
  const folder = await mkdtemp(path.join(tmpdir(), "tuneloop-walks-"));
  try {
    const scores = await learnWalks(folder, { walks: 1000, epochs: 10, iterations: 60, changes });
    const last = scores.slice(-10);
    expect(last.reduce((sum, score) => sum + score, 0) / last.length).toBeGreaterThan(0.9);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
