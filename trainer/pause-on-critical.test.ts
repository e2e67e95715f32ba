import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadBackend } from "./engine/backend";
import { readSafetensors } from "./file-formats/safetensors";
import { goldensFolder } from "./fixtures/goldens";
import { type RunTrainingOptions, runTraining } from "./run-training";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-paused-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const STEPS = 24;
/** The learning rate is fifty thousand times too high, so the loss leaves its start for good. */
const config = (changes: object) =>
  checkRunConfig({
    method: "dpo",
    model: path.join(goldensFolder, "llama"),
    dataset: path.join(goldensFolder, "preferences.jsonl"),
    batchSize: 4,
    maxSteps: STEPS,
    lrScheduler: "constant",
    learningRate: 1,
    lora: { rank: 2 },
    pauseOnCritical: true,
    ...changes,
  });
const out = (name: string) => path.join(folder, name);
const weightsOf = (name: string) => readFile(path.join(out(name), "adapter", "adapter_model.safetensors"));
const train = (name: string, changes: object = {}, options: Partial<RunTrainingOptions> = {}) =>
  runTraining(config(changes), { outputDir: out(name), ...options });

it("pauses with a checkpoint and a named reason; going on ends with the weights of a run that was not asked to", async () => {
  await train("never", { pauseOnCritical: false });

  const checkpoints: number[] = [];
  const onEvent: RunTrainingOptions["onEvent"] = (event) =>
    void (event.type === "checkpoint" && checkpoints.push(event.step));
  const paused = await train("paused", { checkpointEvery: STEPS }, { onEvent }).catch((error: unknown) => error);
  expect(paused).toMatchObject({ code: "run-paused", userMessage: expect.stringMatching(/^Paused after step \d+: /) });
  const [step] = /\d+/.exec(String((paused as Error).message)) ?? [];
  expect(checkpoints).toEqual([Number(step)]);
  expect(Number(step)).toBeLessThan(STEPS);
  expect(JSON.parse(await readFile(path.join(out("paused"), "paused.json"), "utf8")).verdicts).not.toEqual([]);

  // The run may pause once more, for a verdict that was not known before; in the end it finishes.
  let ended = false;
  for (let times = 0; times < 4 && !ended; times++)
    ended = await train("paused", { checkpointEvery: STEPS }, { resume: true }).then(
      () => true,
      (error: { code?: string }) => {
        if (error.code !== "run-paused") throw error;
        return false;
      },
    );
  expect(ended).toBe(true);
  expect((await weightsOf("paused")).equals(await weightsOf("never"))).toBe(true);
});

it("makes a model of the checkpoint that it was paused with, without another step", async () => {
  const settings = { checkpointEvery: STEPS, keepBest: false };
  await expect(train("stopped", settings)).rejects.toMatchObject({ code: "run-paused" });
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => void events.push(event);
  const output = await train("stopped", settings, { resume: true, finishNow: true, onEvent });
  expect(output).toEqual({ kind: "adapter", path: path.join(out("stopped"), "adapter") });
  expect(events.some(({ type }) => type === "step")).toBe(false);
  const finished = events.at(-1);
  if (finished?.type !== "finished") throw new Error(`the last event is ${finished?.type}`);
  const checkpoint = `step-${String(finished.step).padStart(6, "0")}`;
  const kept = await valuesIn(path.join(out("stopped"), "checkpoints", checkpoint, "state.safetensors"), /^parameter/);
  const made = await valuesIn(path.join(output.path, "adapter_model.safetensors"), /./);
  expect(made.length).toBeGreaterThan(0);
  expect(made).toEqual(kept);
});

/** Sorts all numbers of those tensors by size, because an adapter's file has names and a layout of its own. */
async function valuesIn(file: string, names: RegExp): Promise<Float32Array> {
  const { tensors } = await readSafetensors(file);
  const chosen = [...tensors].filter(([name]) => names.test(name));
  return Float32Array.from(chosen.flatMap(([, { data }]) => [...(data as Float32Array)])).sort();
}

it("has nothing to make a model of before the first checkpoint", async () => {
  const error = await train("empty", {}, { finishNow: true, resume: true }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "checkpoint-missing" });
});

it("goes through where nothing is critical", async () => {
  await expect(train("calm", { learningRate: 5e-5 })).resolves.toMatchObject({ kind: "adapter" });
});
