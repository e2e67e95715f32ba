import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadBackend } from "../../engine/backend";
import { createPpoRuns, type Figures, figuresOf, trainedWeights, trainInTwo } from "../../fixtures/ppo-runs";
import { writeTinyModel } from "../../models/tiny-model";

let folder: string;
let runs: Awaited<ReturnType<typeof createPpoRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-suites-"));
  runs = await createPpoRuns(folder);
  await writeTinyModel(path.join(folder, "tiny"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => path.join(folder, name);
const evaluations = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "evaluation" ? [{ step: event.step, ...(event.metrics as Figures) }] : []));
const notices = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
const settings = () => ({ model: place("tiny"), suitesEvery: 2, practiceMixRatio: 0.5, checkpointEvery: 1 });

it("scores the suites before the first iteration and every few, and leaves one that has not fallen alone", async () => {
  const events = await runs.train(place("kept"), { ...settings(), maxSteps: 4, suiteThreshold: 1 });
  expect(evaluations(events).map(({ step }) => step)).toEqual([0, 2, 4]);
  expect(Object.keys(evaluations(events)[0] ?? {}).sort()).toEqual([
    "step",
    "suites/coding",
    "suites/math",
    "suites/reasoning",
  ]);
  expect(notices(events)).toEqual([]);
  for (const figures of figuresOf(events)) expect(figures).not.toHaveProperty("loss/practice_avg");
});

it("mixes practice questions in while a suite is below its threshold", async () => {
  const changes = { ...settings(), suiteThresholds: { math: 1 }, suiteThreshold: 1, policyLearningRate: 1e-2 };
  const events = await runs.train(place("fallen"), { ...changes, maxSteps: 6, lrScheduler: "constant" });
  expect(notices(events)).toEqual([
    expect.stringMatching(
      /^Mathematics fell to \d+ % \(\d+ of 24 questions, at most \d+ % by its 95 % interval\), below 100 %/,
    ),
  ]);
  const figures = figuresOf(events);
  expect(figures.at(-1)?.["loss/practice_avg"]).toBeLessThan(figures[0]?.["loss/practice_avg"] ?? 0);
});

it("stopped and resumed ends with the same bits, with what had fallen before", async () => {
  const changes = { ...settings(), suiteThresholds: { math: 1 }, suiteThreshold: 1, maxSteps: 3 };
  await runs.train(place("whole"), changes);
  const events = await trainInTwo((options) => runs.train(place("in-two"), changes, options), 1);
  expect(evaluations(events).map(({ step }) => step)).toEqual([2]);
  expect(figuresOf(events)[0]).toHaveProperty("loss/practice_avg");
  expect((await trainedWeights(place("in-two"))).equals(await trainedWeights(place("whole")))).toBe(true);
});

it("refuses thresholds of suites that nobody scores", async () => {
  await expect(runs.train(place("refused"), { suiteThresholds: { math: 0.5 } })).rejects.toMatchObject({
    userMessage: expect.stringMatching(/^run: suiteThresholds: .*suitesEvery/),
  });
});
