import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import { loadBackend } from "./engine/backend";
import { goldensFolder } from "./fixtures/goldens";
import { type RunTrainingOptions, runTraining } from "./run-training";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-paused-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const STEPS = 24;
/** Fifty thousand times too fast: the loss leaves its start for good. */
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

  // It may pause once more, for something that was not known before; at last it ends.
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

it("goes through where nothing is critical", async () => {
  await expect(train("calm", { learningRate: 5e-5 })).resolves.toMatchObject({ kind: "adapter" });
});
