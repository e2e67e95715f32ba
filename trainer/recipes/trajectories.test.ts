import { describe, expect, it, vi } from "vitest";
import { expectTrajectory, goldenRuns, TRAJECTORIES, withTrajectories } from "../fixtures/golden-trajectories";

withTrajectories();

describe("training against TRL, step by step", () => {
  it("leaves no run of the goldens out", () => {
    expect(goldenRuns().sort()).toEqual([...TRAJECTORIES].sort());
  });

  // Where nothing else is said, a micro-batch holds the whole batch of 4.
  it.each(TRAJECTORIES)("%s", (name) => expectTrajectory(name));

  // In the first step policy and reference are one, so that chosen and rejected tie, whatever shares their micro-batch.
  // The other runs with micro-batches of 1 are in trajectories.slow.test.ts.
  it.each([
    ...TRAJECTORIES.filter((name) => /^(dpo|kto)/.test(name)).map((name) => [name, 2] as const),
    ["dpo-sigmoid-gpt2", 1] as const,
    ["kto-llama", 1] as const,
  ])("%s, with micro-batches of %i", (name, microBatchSize) => expectTrajectory(name, { microBatchSize }));

  it.each(["dpo-sigmoid-llama", "sft-gpt2", "kto-llama"])("%s, without the fused operations", async (name) => {
    vi.stubEnv("TUNELOOP_FUSED", "0");
    await expectTrajectory(name);
    vi.unstubAllEnvs();
  });
});
