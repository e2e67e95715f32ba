import { mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadBackend } from "../engine/backend";
import { trainRun, writeRecords } from "../fixtures/train-run";
import type { RunTrainingOptions } from "../run-training";
import { ValidationWatch } from "./validation-watch";

describe("ValidationWatch", () => {
  const follow = (losses: [train: number, validation: number][], patience?: number) => {
    const watch = new ValidationWatch(patience);
    const told = losses.map(([train, validation], index) => {
      watch.addTrainLoss(train);
      return watch.addValidation(10 * (index + 1), validation);
    });
    return { watch, told };
  };

  it("warns of overfitting once, after two validations above the best while the training loss falls", () => {
    const { watch, told } = follow([
      [2, 1.5],
      [1.5, 1.2],
      [1.2, 1.3],
      [0.9, 1.4],
      [0.7, 1.6],
    ]);
    expect(told.map(({ isBest }) => isBest)).toEqual([true, true, false, false, false]);
    expect(told.map(({ warning }) => warning !== null)).toEqual([false, false, false, true, false]);
    expect(told[3]?.warning).toBe(
      "Overfitting: since step 20 the validation loss went from 1.2 to 1.4 (step 40) while the training loss fell from 1.5 to 0.9. Fewer epochs, a lower learning rate or more examples help.",
    );
    expect(watch.best).toMatchObject({ step: 20, loss: 1.2 });
  });

  it("does not call noise overfitting while the training loss rises as well", () => {
    const { told } = follow([
      [2, 1.2],
      [2.1, 1.3],
      [2.2, 1.4],
    ]);
    expect(told.every(({ warning }) => warning === null)).toBe(true);
  });

  it("runs out of patience, and takes a loss that is no number for a bad one", () => {
    const { watch } = follow(
      [
        [1, 1],
        [1, Number.NaN],
        [1, 1.1],
      ],
      2,
    );
    expect(watch.isOutOfPatience).toBe(true);
    expect(watch.best?.step).toBe(10);
  });
});

describe("a run with validation", () => {
  let folder: string;
  let dataset: string;
  let runs = 0;
  let outputDir: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tuneloop-validation-"));
    await loadBackend();
    // The held-out records contradict those that are learned, so that learning makes the validation loss rise at some
    // step.
    const record = (index: number, output: string, split: string) => ({
      instruction: `Is ${index} even?`,
      output,
      split,
    });
    dataset = await writeRecords(path.join(folder, "overfit.jsonl"), [
      ...[2, 4, 6, 8].map((index) => record(index, "Yes, of course it is.", "train")),
      record(3, "No!", "validation"),
      record(5, "Never.", "validation"),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const train = (changes: object, options: Partial<RunTrainingOptions> = {}) => {
    const cadence = { epochs: 30, evaluateEvery: 2, checkpointEvery: 3, lrScheduler: "constant", warmupSteps: 0 };
    const settings = { method: "sft", dataset, learningRate: 5e-2, lora: { rank: 4 }, ...cadence };
    return trainRun(outputDir, { ...settings, ...changes }, options);
  };
  const fresh = () => {
    outputDir = path.join(folder, `run-${runs++}`);
    return outputDir;
  };
  const weightsOf = (run: string) => readFile(path.join(run, "adapter", "adapter_model.safetensors"));
  const notices = (events: RunEvent[]) =>
    events.flatMap((event) => (event.type === "notice" ? [event.message] : [])).join("\n");
  const evaluations = (events: RunEvent[]) =>
    events.flatMap((event) =>
      event.type === "evaluation" ? [{ step: event.step, loss: event.metrics.evalLoss ?? 0 }] : [],
    );

  it("stops early, gives the best step's weights and says so", async () => {
    fresh();
    const { events, steps } = await train({ earlyStoppingPatience: 3 });
    const losses = evaluations(events);
    const best = losses.reduce((least, one) => (one.loss < least.loss ? one : least));
    expect(steps.length).toBe(best.step + 6);
    expect(steps.length).toBeLessThan(30);
    expect(notices(events)).toMatch(/Overfitting: since step \d+/);
    expect(notices(events)).toMatch(new RegExp(`Stopped early after step ${best.step + 6} of 30: 3 validations`));
    expect(notices(events)).toMatch(new RegExp(`The result is step ${best.step} of ${best.step + 6},`));
    expect(await readdir(path.join(outputDir, "checkpoints"))).toContain(`best-${String(best.step).padStart(6, "0")}`);
    const result = await weightsOf(outputDir);
    fresh();
    await train({ maxSteps: best.step, keepBest: false });
    expect(result.equals(await weightsOf(outputDir))).toBe(true);
  });

  it("decides the same after a stop, whichever step it came at", async () => {
    const whole = fresh();
    await train({ earlyStoppingPatience: 3 });
    fresh();
    const controller = new AbortController();
    const onEvent = (event: RunEvent) => {
      // The run is aborted in the middle of a validation, which the resumed run has to make up for.
      if (event.type === "phase" && event.phase === "validating") controller.abort();
    };
    await expect(train({ earlyStoppingPatience: 3 }, { signal: controller.signal, onEvent })).rejects.toMatchObject({
      code: "run-cancelled",
    });
    const { events } = await train({ earlyStoppingPatience: 3 }, { resume: true });
    expect(notices(events)).toMatch(/Going on after step 2 of 30/);
    expect((await weightsOf(outputDir)).equals(await weightsOf(whole))).toBe(true);
    const rows = async (run: string) =>
      (await readFile(path.join(run, "metrics.jsonl"), "utf8"))
        .trim()
        .split("\n")
        .map((line) => {
          const { step, loss, evalLoss } = JSON.parse(line) as Record<string, number>;
          return { step, loss, evalLoss };
        });
    expect(await rows(outputDir)).toEqual(await rows(whole));
  });

  it("keeps the last step where that is wanted, and where the best one's file is damaged", async () => {
    const last = fresh();
    await train({ epochs: 14, keepBest: false });
    expect((await readdir(path.join(last, "checkpoints"))).filter((name) => /^best/.test(name))).toEqual([]);
    fresh();
    const damage = async (event: RunEvent) => {
      if (event.type !== "step" || event.step !== 14) return;
      for (const name of await readdir(path.join(outputDir, "checkpoints"))) {
        if (/^best/.test(name)) await truncate(path.join(outputDir, "checkpoints", name, "state.safetensors"), 100);
      }
    };
    const { events } = await train({ epochs: 14 }, { onEvent: damage });
    expect(notices(events)).toMatch(
      /validated best .* its parameters can't be read .*: the result is the last step, 14/,
    );
    expect((await weightsOf(outputDir)).equals(await weightsOf(last))).toBe(true);
  });

  it("writes into run.json all that it used, so that it can be run again", async () => {
    const first = fresh();
    const open = { warmupSteps: undefined, evaluateEvery: undefined, checkpointEvery: undefined };
    await train({ epochs: 3, ...open });
    const resolved = JSON.parse(await readFile(path.join(first, "run.json"), "utf8"));
    expect(resolved).toMatchObject({ warmupSteps: 1, evaluateEvery: 1, checkpointEvery: 1, microBatchSize: 4 });
    expect(resolved.lora.targets).toContain("down_proj");
    expect(resolved.maxLength).toBe(512);
    fresh();
    await trainRun(outputDir, resolved);
    expect(JSON.parse(await readFile(path.join(outputDir, "run.json"), "utf8"))).toEqual(resolved);
    expect((await weightsOf(outputDir)).equals(await weightsOf(first))).toBe(true);
  });
});
