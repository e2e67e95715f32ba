import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import { rewardReportSchema } from "@/domain/runs/reward-report";
import type { RunEvent } from "@/domain/runs/run-events";
import { score } from "./cli/score";
import { loadBackend } from "./engine/backend";
import { readSafetensors } from "./file-formats/safetensors";
import { goldensFolder } from "./fixtures/goldens";
import { type RunTrainingOptions, runTraining } from "./run-training";

let folder: string;
let runs = 0;
let outputDir: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-runs-"));
  await loadBackend();
});
beforeEach(() => {
  outputDir = path.join(folder, `run-${runs++}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const user = (content: string) => [{ role: "user", content }];
const assistant = (content: string) => [{ role: "assistant", content }];
const pair = (index: number) => ({
  prompt: user(`Question ${index}?`),
  chosen: assistant(`Yes, ${index}.`),
  rejected: assistant(`No, not ${index * 7}!`),
});

async function dataset(records: object[]): Promise<string> {
  const file = path.join(folder, `data-${runs}.jsonl`);
  await writeFile(file, records.map((record) => JSON.stringify(record)).join("\n"));
  return file;
}

async function train(changes: object, options: Partial<RunTrainingOptions> = {}) {
  const events: RunEvent[] = [];
  const config = checkRunConfig({
    method: "dpo",
    model: path.join(goldensFolder, "llama"),
    dataset: path.join(goldensFolder, "preferences.jsonl"),
    batchSize: 4,
    learningRate: 1e-3,
    lora: { rank: 2 },
    ...changes,
  });
  const onEvent = async (event: RunEvent) => {
    events.push(event);
    await options.onEvent?.(event);
  };
  const output = await runTraining(config, { outputDir, ...options, onEvent });
  return { output, events };
}

/** A copy of an adapter's folder that says it was trained with dropout. */
async function withDropout(adapter: string, dropout: number): Promise<string> {
  const copy = path.join(folder, "with-dropout");
  await cp(adapter, copy, { recursive: true });
  const file = path.join(copy, "adapter_config.json");
  const config = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...config, lora_dropout: dropout }));
  return copy;
}

const weightsOf = (run: string) => readFile(path.join(run, "adapter", "adapter_model.safetensors"));
const metricsOf = async (run: string) =>
  (await readFile(path.join(run, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, number>);

const lossesOf = (events: RunEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [event.metrics.loss ?? Number.NaN] : []));

describe("runTraining", () => {
  it("learns one batch by heart and lets go of all tensors", async () => {
    const before = tf.memory().numTensors;
    const { events } = await train({
      dataset: await dataset([1, 2, 3, 4].map(pair)),
      epochs: 30,
      learningRate: 5e-3,
      lora: { rank: 8 },
    });
    const losses = lossesOf(events);
    expect(losses[0]).toBeCloseTo(Math.LN2, 4);
    expect(losses.at(-1)).toBeLessThan(0.05);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("writes what it used, what it left out, and validation in rows without a loss", async () => {
    const records = [
      pair(1),
      pair(2),
      pair(3),
      { ...pair(4), rejected: pair(4).chosen },
      { ...pair(5), split: "validation" },
      { ...pair(1), split: "validation" },
    ];
    const { events } = await train({
      dataset: await dataset(records),
      batchSize: undefined,
      epochs: undefined,
      learningRate: undefined,
    });
    const ledger = JSON.parse(await readFile(path.join(outputDir, "ledger.json"), "utf8"));
    expect(ledger).toMatchObject({
      records: 6,
      train: 3,
      validation: 2,
      leftOut: [{ reason: "identicalCompletions", count: 1 }],
      odd: [{ reason: "promptInBothSplits", count: 1, lines: [expect.stringMatching(/:6$/)] }],
      lengths: { chosenLonger: { of: 2 } },
      warnings: expect.arrayContaining([
        { field: "promptInBothSplits", message: expect.stringMatching(/^1 pair for validation whose prompts/) },
      ]),
    });
    expect(events.find(({ type }) => type === "resolved")).toMatchObject({ warnings: ledger.warnings });
    const run = JSON.parse(await readFile(path.join(outputDir, "run.json"), "utf8"));
    expect(run).toMatchObject({ batchSize: 1, epochs: 3, learningRate: 5e-5, lora: { rank: 2, alpha: 4 } });
    const rows = await metricsOf(outputDir);
    const evaluations = rows.filter((row) => "evalLoss" in row);
    expect(evaluations.length).toBeGreaterThan(1);
    expect(evaluations.every((row) => !("loss" in row) && row.evalAccuracy !== undefined)).toBe(true);
    expect(rows.filter((row) => "loss" in row).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("gives the same step with gradient checkpointing", async () => {
    const kept = await train({ maxSteps: 2 });
    for (const recomputeEvery of [undefined, 2]) {
      outputDir += "-recomputed";
      const recomputed = await train({ maxSteps: 2, gradientCheckpointing: true, recomputeEvery });
      lossesOf(kept.events).forEach((loss, step) => {
        expect(lossesOf(recomputed.events)[step]).toBeCloseTo(loss, 5);
      });
    }
  });

  it("drops inputs of the adapter in the training pass alone, new ones at each step, and tells PEFT of it", async () => {
    const validationDataset = path.join(goldensFolder, "preferences.jsonl");
    // With almost no learning rate, every step has the same loss unless the dropout differs.
    const still = {
      learningRate: 1e-12,
      shuffle: false,
      batchSize: 40,
      maxSteps: 3,
      evaluateEvery: 1,
      validationDataset,
    };
    const adapter = path.join(goldensFolder, "llama-lora");
    const plain = await train({ ...still, lora: undefined, adapter });
    const folder = await withDropout(adapter, 0.1);
    outputDir += "-dropped";
    const dropped = await train({ ...still, lora: undefined, adapter: folder });
    const validated = (events: RunEvent[]) =>
      events.flatMap((event) => (event.type === "evaluation" ? [event.metrics.evalLoss as number] : []));
    expect(new Set(lossesOf(plain.events).map((loss) => loss.toFixed(5))).size).toBe(1);
    expect(new Set(lossesOf(dropped.events).map((loss) => loss.toFixed(5))).size).toBe(3);
    validated(dropped.events).forEach((loss) => {
      expect(loss).toBeCloseTo(validated(plain.events)[0] as number, 5);
    });
    const config = JSON.parse(await readFile(path.join(outputDir, "adapter", "adapter_config.json"), "utf8"));
    expect(config.lora_dropout).toBe(0.1);
  });

  it("gives the large batch's step with micro-batches", async () => {
    const whole = await train({ maxSteps: 2, microBatchSize: 4 });
    outputDir += "-micro";
    const parts = await train({ maxSteps: 2, microBatchSize: 1 });
    const figures = (events: RunEvent[]) => events.flatMap((event) => (event.type === "step" ? [event.metrics] : []));
    figures(whole.events).forEach((metrics, step) => {
      expect(figures(parts.events)[step]?.loss).toBeCloseTo(metrics.loss ?? Number.NaN, 5);
      expect(figures(parts.events)[step]?.gradNorm).toBeCloseTo(metrics.gradNorm ?? Number.NaN, 4);
    });
  });

  it("trains a reward head beside an adapter, which then scores as the run left it", async () => {
    const { output, events } = await train({
      method: "reward",
      dataset: await dataset([...[1, 2, 3, 4].map(pair), { ...pair(5), split: "validation" }]),
      epochs: 15,
      learningRate: 1e-2,
    });
    const losses = lossesOf(events);
    expect(losses.at(-1)).toBeLessThan(0.3);
    const report = rewardReportSchema.parse(
      JSON.parse(await readFile(path.join(outputDir, "reward-report.json"), "utf8")),
    );
    expect(report).toMatchObject({ heldOut: { pairs: 1, split: "validation" }, accuracy: { overall: { of: 1 } } });
    const pairFile = await dataset([pair(1)].map(({ prompt, chosen }) => ({ prompt, completion: chosen })));
    const written: string[] = [];
    await score({ model: output.path, input: pairFile, write: (line) => written.push(line) });
    expect(written).toEqual([expect.stringMatching(/^\{"reward":-?\d/)]);
    await expect(
      train({ model: output.path, lora: undefined }, { outputDir: `${outputDir}-dpo` }),
    ).rejects.toMatchObject({
      userMessage: expect.stringMatching(/is a reward model/),
    });
  });

  describe("an ensemble of reward models", () => {
    const ensemble = async () => ({
      method: "reward",
      dataset: await dataset([1, 2, 3, 4].map(pair)),
      maxSteps: 4,
      batchSize: 2,
      learningRate: 1e-2,
      ensemble: 3,
    });
    const scored = async (model: string, records = [1, 2, 3].map(pair)) => {
      const input = path.join(folder, `to-score-${runs}.jsonl`);
      const lines = records.map(({ prompt, chosen }) => JSON.stringify({ prompt, completion: chosen }));
      await writeFile(input, lines.join("\n"));
      const written: string[] = [];
      await score({ model, input, write: (line) => written.push(line) });
      return written.map(
        (line) => JSON.parse(line) as { reward: number; members?: number[]; min?: number; std?: number },
      );
    };

    it.each(["adapter", "model"])("of each member's %s scores as its members do one by one", async (kind) => {
      const before = tf.memory().numTensors;
      const { output, events } = await train({
        ...(await ensemble()),
        ...(kind === "model" ? { lora: undefined } : {}),
      });
      expect(output).toEqual({ kind, path: path.join(outputDir, kind) });
      const steps = events.flatMap((event) => (event.type === "step" ? [event.step] : []));
      expect(steps).toEqual(Array.from({ length: 12 }, (_, step) => step + 1));
      expect(events.filter(({ type }) => type === "resolved")).toEqual([
        expect.objectContaining({ totalSteps: 12, config: expect.objectContaining({ ensemble: 3, seed: 42 }) }),
      ]);
      const together = await scored(output.path);
      // Any other reader takes each folder for a reward model of its own.
      for (const [member, name] of [".", "member-2", "member-3"].entries()) {
        const alone = path.join(folder, `alone-${runs}-${kind}-${member}`);
        await cp(path.join(output.path, name), alone, { recursive: true });
        await rm(path.join(alone, "ensemble.json"), { force: true });
        (await scored(alone)).forEach(({ reward }, line) => {
          expect(together[line]?.members?.[member]).toBeCloseTo(reward, 4);
        });
      }
      for (const { reward, members = [], min, std } of together) {
        expect(new Set(members).size).toBe(3); // the members' seeds differ, so the members differ
        expect(reward).toBeCloseTo(members.reduce((sum, one) => sum + one, 0) / 3, 6);
        expect(min).toBe(Math.min(...members));
        expect(std).toBeGreaterThan(0);
      }
      expect(tf.memory().numTensors).toBe(before);
    });

    it("stopped in its second member goes on there and ends with the same bits", async () => {
      const config = await ensemble();
      await train(config);
      const whole = outputDir;
      outputDir += "-stopped";
      const controller = new AbortController();
      const onEvent = (event: RunEvent) => {
        if (event.type === "step" && event.step === 6) controller.abort();
      };
      await expect(train(config, { signal: controller.signal, onEvent })).rejects.toMatchObject({
        code: "run-cancelled",
      });
      const { events } = await train(config, { resume: true });
      expect(events.find(({ type }) => type === "step")).toMatchObject({ step: 7, totalSteps: 12 });
      for (const member of [".", "member-2", "member-3"]) {
        const weights = (run: string) => readFile(path.join(run, "adapter", member, "adapter_model.safetensors"));
        expect((await weights(outputDir)).equals(await weights(whole))).toBe(true);
      }
      expect((await metricsOf(outputDir)).map(({ step }) => step)).toEqual(
        (await metricsOf(whole)).map(({ step }) => step),
      );
      expect(await readdir(outputDir)).not.toContain("members");
    });

    it("stopped in its second member becomes an ensemble of the two that were begun when it is to finish", async () => {
      const config = await ensemble();
      const controller = new AbortController();
      const onEvent = (event: RunEvent) => {
        if (event.type === "step" && event.step === 6) controller.abort();
      };
      await expect(train(config, { signal: controller.signal, onEvent })).rejects.toMatchObject({
        code: "run-cancelled",
      });
      const { events } = await train(config, { resume: true, finishNow: true });
      expect(events.filter(({ type }) => type === "step")).toEqual([]);
      expect(events.at(-1)).toMatchObject({ type: "finished", step: 6 }); // four of member 1, two of member 2
      const { members } = JSON.parse(await readFile(path.join(outputDir, "adapter", "ensemble.json"), "utf8"));
      expect(members).toEqual([".", "member-2"]);
    });
  });

  describe("stopped and resumed", () => {
    const config = { maxSteps: 6, checkpointEvery: 2, lrScheduler: "cosine" };
    async function stopAfter(step: number, config: object) {
      const controller = new AbortController();
      const onEvent = (event: RunEvent) => {
        if (event.type === "step" && event.step === step) controller.abort();
      };
      await expect(train(config, { signal: controller.signal, onEvent })).rejects.toMatchObject({
        code: "run-cancelled",
      });
    }

    it.each([
      ["", config],
      [", its dropout masks included", { ...config, lora: { rank: 2, dropout: 0.1 } }],
    ])("ends with the same bits as a run that was never stopped%s", async (_, config) => {
      await train(config);
      const whole = outputDir;
      outputDir += "-stopped";
      await stopAfter(3, config);
      expect(await readdir(path.join(outputDir, "checkpoints"))).toContain("step-000003");
      await train(config, { resume: true });
      expect((await weightsOf(outputDir)).equals(await weightsOf(whole))).toBe(true);
      const plain = (rows: Record<string, number>[]) =>
        rows.map(({ step, loss, gradNorm }) => ({ step, loss, gradNorm }));
      expect(plain(await metricsOf(outputDir))).toEqual(plain(await metricsOf(whole)));
    });

    it("goes on from the checkpoint before a damaged one", async () => {
      await stopAfter(3, config);
      await truncate(path.join(outputDir, "checkpoints", "step-000003", "state.safetensors"), 1000);
      const { events } = await train(config, { resume: true });
      expect(events.find(({ type }) => type === "step")).toMatchObject({ step: 3 });
      expect(JSON.stringify(events)).toMatch(/step-000003 is damaged .*; going on from the one before it/);
    });

    it("goes on to the same bits where model, records and the run's own folder have been moved", async () => {
      await train(config);
      const whole = outputDir;
      outputDir += "-moved";
      await stopAfter(3, config);
      const [model, records] = [`${outputDir}-model`, `${outputDir}-records.jsonl`];
      await cp(path.join(goldensFolder, "llama"), model, { recursive: true });
      await cp(path.join(goldensFolder, "preferences.jsonl"), records);
      await rename(outputDir, `${outputDir}-away`);
      outputDir += "-away";
      await train({ ...config, model, dataset: records }, { resume: true });
      expect((await weightsOf(outputDir)).equals(await weightsOf(whole))).toBe(true);
    });

    it.each([
      ["a smaller micro-batch", { microBatchSize: 1 }],
      ["gradient checkpointing", { gradientCheckpointing: true }],
      ["another checkpoint interval", { checkpointEvery: 1 }],
    ])("goes on to the same weights with %s", async (_, changes) => {
      await train(config);
      const whole = outputDir;
      outputDir += "-otherwise";
      await stopAfter(3, config);
      await train({ ...config, ...changes }, { resume: true });
      const numbers = async (run: string) => {
        const { tensors } = await readSafetensors(path.join(run, "adapter", "adapter_model.safetensors"));
        return [...tensors.values()].flatMap(({ data }) => [...data]);
      };
      const [once, twice] = [await numbers(whole), await numbers(outputDir)];
      const apart = once.reduce((most, value, index) => Math.max(most, Math.abs(value - (twice[index] as number))), 0);
      expect(once.length).toBeGreaterThan(100);
      expect(apart).toBeLessThan(1e-6);
    });

    it.each([
      ["other settings", async () => ({ beta: 0.2 }), /beta was 0\.1, now it is 0\.2/],
      [
        "other records",
        async () => {
          const lines = (await readFile(path.join(goldensFolder, "preferences.jsonl"), "utf8")).trim().split("\n");
          const [first = "", ...rest] = lines;
          const { chosen, rejected, ...record } = JSON.parse(first);
          const turned = { ...record, chosen: rejected, rejected: chosen };
          return { dataset: await dataset([turned, ...rest.map((line) => JSON.parse(line))]) };
        },
        /the records are others/,
      ],
      [
        "another model of the same shape",
        async () => {
          const model = `${outputDir}-other`;
          await cp(path.join(goldensFolder, "llama"), model, { recursive: true });
          const file = path.join(model, "model.safetensors");
          const bytes = await readFile(file);
          bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) ^ 1; // changes a digit of the last number
          await writeFile(file, bytes);
          return { model };
        },
        /the weights of model are others/,
      ],
    ])("refuses a checkpoint of %s, and says what differs", async (_, changes, message) => {
      await stopAfter(2, config);
      await expect(train({ ...config, ...(await changes()) }, { resume: true })).rejects.toMatchObject({
        code: "checkpoint-conflict",
        userMessage: expect.stringMatching(message),
      });
    });

    it("refuses another micro-batch where dropout draws its masks by it", async () => {
      const dropped = { ...config, lora: { rank: 2, dropout: 0.1 } };
      await stopAfter(2, dropped);
      await expect(train({ ...dropped, microBatchSize: 1 }, { resume: true })).rejects.toMatchObject({
        userMessage: expect.stringMatching(/microBatchSize was 4, now it is 1/),
      });
    });

    it("refuses other margins of the same texts", async () => {
      const reward = {
        method: "reward",
        ...config,
        dataset: path.join(goldensFolder, "preferences-margin.jsonl"),
      };
      await stopAfter(2, reward);
      const lines = (await readFile(reward.dataset, "utf8")).trim().split("\n");
      const records = lines.map((line) => JSON.parse(line)).map((record) => ({ ...record, margin: record.margin / 2 }));
      await expect(train({ ...reward, dataset: await dataset(records) }, { resume: true })).rejects.toMatchObject({
        userMessage: expect.stringMatching(/the records are others/),
      });
    });
  });

  it.each([
    [
      "one label",
      { dataset: [pair(1)] },
      "too-few-labels",
      /Too few labels: method dpo needs at least 2 preference pairs .* there is 1/,
    ],
    [
      "no pair that fits",
      { dataset: [pair(1), pair(2), pair(3)], maxLength: 8 },
      "too-few-labels",
      /3 longer than maxLength/,
    ],
    [
      "a reward model",
      { model: path.join(goldensFolder, "llama-reward") },
      "run-config-invalid",
      /is a reward model; method dpo needs a language model/,
    ],
    [
      "a model for an adapter",
      { lora: undefined, adapter: path.join(goldensFolder, "llama") },
      "run-config-invalid",
      /is a model, not a PEFT adapter/,
    ],
    ["an unknown layer", { lora: { targets: ["c_attn"] } }, "", /c_attn/],
  ])("refuses %s in one line and writes nothing", async (_, changes, code, message) => {
    const data = "dataset" in changes ? { dataset: await dataset(changes.dataset) } : {};
    const refusal = train({ ...changes, ...data });
    await expect(refusal).rejects.toMatchObject({
      userMessage: expect.stringMatching(message),
      ...(code ? { code } : {}),
    });
    await expect(readdir(outputDir)).rejects.toThrow("ENOENT");
  });

  it("refuses a folder that holds another run", async () => {
    await train({ maxSteps: 1 });
    await expect(train({ maxSteps: 1 })).rejects.toMatchObject({ code: "output-conflict" });
  });

  it("stops at a loss that is no number, names the step and the likely cause, and saves no model", async () => {
    const failure = train({ lora: undefined, learningRate: 1e25, maxSteps: 5, warmupRatio: 0 });
    await expect(failure).rejects.toMatchObject({
      code: "non-finite-loss",
      userMessage: expect.stringMatching(
        /^Step 2: the (loss|gradient's norm) is .* learningRate 1e\+25 is above the usual/,
      ),
    });
    expect(await readdir(outputDir)).not.toContain("model");
  });
});
