import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { CapabilitySuite } from "@/domain/evaluation/capability-suite";
import { shareOf } from "@/domain/statistics/share";
import { loadBackend } from "../../engine/backend";
import { createPpoRuns, figuresOf } from "../../fixtures/ppo-runs";
import { writeTinyModel } from "../../models/tiny-model";

/**
 * Right answers of 20 at each scoring: mathematics falls at the second and is back at the fourth; coding and reasoning
 * lose more than a tenth, by no more than chance.
 */
const COURSE: Record<string, number[]> = {
  math: [12, 4, 6, 11, 12],
  coding: [9, 9, 6, 9, 9],
  reasoning: [12, 12, 12, 9, 12],
};
const asked = new Map<string, number>();

// A model this small learns nothing that would bring a suite back, so the results of its suites are given.
vi.mock("../../evaluation/evaluate-capability", () => ({
  ANSWER_OPENING: "Answer: ",
  evaluateCapability: async (_: unknown, { name }: CapabilitySuite) => {
    const time = asked.get(name) ?? 0;
    asked.set(name, time + 1);
    return { suite: name, accuracy: shareOf(COURSE[name]?.[time] ?? 0, 20), answers: [] };
  },
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-recovery-"));
  await writeTinyModel(path.join(folder, "tiny"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("mixes a suite's practice in while it is below its threshold, and takes it out once it is back", async () => {
  const runs = await createPpoRuns(folder);
  const events = await runs.train(path.join(folder, "run"), {
    model: path.join(folder, "tiny"),
    suitesEvery: 2,
    maxSteps: 8,
    practiceMixRatio: 0.5,
    // Coding may lose a tenth; mathematics has a threshold of its own.
    suiteThreshold: 0.1,
    suiteThresholds: { math: 0.5 },
  });
  const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toEqual([
    "Mathematics fell to 20 % (4 of 20 questions, at most 42 % by its 95 % interval), below 50 %: its practice questions are mixed in.",
    "Mathematics is back at 55 %.",
  ]);
  const practised = figuresOf(events).map((figures) => "loss/practice_avg" in figures);
  expect(practised).toEqual([false, false, true, true, true, true, false, false]);
});
