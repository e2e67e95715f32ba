import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadBackend } from "../../engine/backend";
import { createPpoRuns, trainedWeights, trainInTwo } from "../../fixtures/ppo-runs";
import { heldOutEvery } from "./held-out";

let folder: string;
let runs: Awaited<ReturnType<typeof createPpoRuns>>;
let dataset: string;
const prompt = (subject: string) => [{ role: "user", content: `Write about ${subject}.` }];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-held-out-"));
  runs = await createPpoRuns(folder);
  dataset = await runs.write("split.jsonl", [
    ...["cats", "dogs", "the sea"].map((subject) => ({ prompt: prompt(subject) })),
    ...["trains", "rain"].map((subject) => ({ prompt: prompt(subject), split: "validation" })),
  ]);
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => path.join(folder, name);
const looks = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "evaluation" ? [[event.step, event.metrics.evalScores]] : []));
const rewardFunctions = [{ name: "length", unit: "characters", min: 60, max: 60 }];

it("answers validation prompts before the first iteration, every so many, and at the end", async () => {
  const changes = { dataset, rewardFunctions, maxSteps: 5, evaluateEvery: 2, policyLearningRate: 1e-2 };
  const events = await runs.train(place("looks"), changes);
  const seen = looks(events);
  expect(seen.map(([step]) => step)).toEqual([0, 2, 4, 5]);
  for (const [, score] of seen) expect(score).toBeGreaterThanOrEqual(0);
  // All looks share their random numbers, so a difference between scores was learned.
  expect(new Set(seen.map(([, score]) => score)).size).toBeGreaterThan(1);
  const resolved = events.find((event) => event.type === "resolved");
  expect(resolved).toMatchObject({
    ledger: { train: 3, validation: 2 },
    reasons: expect.arrayContaining([
      {
        field: "evaluateEvery",
        text: "All 2 validation prompts are answered and scored before the first iteration and every 2 iterations.",
      },
    ]),
  });
});

it("changes nothing of what is learned, and a resumed run ends with the same bits", async () => {
  const changes = { dataset, rewardFunctions, maxSteps: 3, checkpointEvery: 1 };
  await runs.train(place("whole"), { ...changes, evaluateEvery: 1 });
  await runs.train(place("seldom"), { ...changes, evaluateEvery: 100 });
  expect((await trainedWeights(place("seldom"))).equals(await trainedWeights(place("whole")))).toBe(true);
  const events = await trainInTwo(
    (options) => runs.train(place("in-two"), { ...changes, evaluateEvery: 1 }, options),
    2,
  );
  expect(looks(events).map(([step]) => step)).toEqual([3]);
  expect((await trainedWeights(place("in-two"))).equals(await trainedWeights(place("whole")))).toBe(true);
});

it("takes the prompts of a validation file, but for those that are trained on", async () => {
  const held = await runs.write("held.jsonl", [{ prompt: prompt("cats") }, { prompt: prompt("snow") }]);
  const events = await runs.train(place("file"), { validationDataset: held, maxSteps: 1 });
  const resolved = events.find((event) => event.type === "resolved");
  expect(resolved).toMatchObject({
    ledger: { validation: 1, leftOut: [expect.objectContaining({ reason: "samePrompt", lines: ["held.jsonl:1"] })] },
  });
  expect(looks(events).map(([step]) => step)).toEqual([0, 1]);
});

it("does not look where nothing is held out", async () => {
  expect(looks(await runs.train(place("none"), { maxSteps: 1 }))).toEqual([]);
});

it("looks five times a run where nothing else was asked for", () => {
  expect([1, 4, 5, 40, 43].map((iterations) => heldOutEvery({}, iterations))).toEqual([1, 1, 1, 8, 9]);
  expect(heldOutEvery({ evaluateEvery: 3 }, 40)).toBe(3);
});
