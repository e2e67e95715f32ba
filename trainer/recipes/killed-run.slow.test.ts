import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { trainInProcess } from "../fixtures/train-process";

const STEPS = 12;
const METHODS = {
  sft: { method: "sft", dataset: "demonstrations.jsonl" },
  reward: { method: "reward", dataset: "preferences-margin.jsonl" },
  dpo: { method: "dpo", dataset: "preferences.jsonl" },
  ipo: { method: "dpo", loss: "ipo", dataset: "preferences.jsonl" },
  kto: { method: "kto", dataset: "unpaired.jsonl" },
  orpo: { method: "orpo", dataset: "preferences.jsonl" },
  simpo: { method: "simpo", dataset: "preferences.jsonl" },
} as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-killed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeRun(name: string, changes: object): Promise<string> {
  const file = path.join(folder, `${name}.json`);
  const config = {
    model: path.join(goldensFolder, "llama"),
    lora: { rank: 4, dropout: 0.05 },
    batchSize: 4,
    microBatchSize: 2,
    maxSteps: STEPS,
    checkpointEvery: 1,
    ...changes,
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

const adapterOf = (out: string) => readFile(path.join(out, "adapter", "adapter_model.safetensors"));
const lossesOf = async (out: string) =>
  (await readFile(path.join(out, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, number>)
    .map(({ step, loss, gradNorm }) => [step, loss, gradNorm]);

/** Draws three different steps, in order, none of them the last. */
function randomSteps(): number[] {
  const steps = new Set<number>();
  while (steps.size < 3) steps.add(1 + Math.floor(Math.random() * (STEPS - 1)));
  return [...steps].sort((a, b) => a - b);
}

describe("a run killed with -9", () => {
  it.each(Object.entries(METHODS))("%s: at three random steps, ends with the same weights", async (name, changes) => {
    const dataset = path.join(goldensFolder, changes.dataset);
    const run = await writeRun(name, { ...changes, dataset });
    const [whole, killed] = [path.join(folder, `${name}-whole`), path.join(folder, `${name}-killed`)];
    expect((await trainInProcess(run, whole)).status).toBe(0);
    const steps = randomSteps();
    for (const [time, killAfter] of steps.entries()) {
      const { status } = await trainInProcess(run, killed, { killAfter, resume: time > 0 });
      expect(status, `killed after step ${killAfter} of ${steps}`).toBeNull();
    }
    expect((await trainInProcess(run, killed, { resume: true })).status).toBe(0);
    expect((await adapterOf(killed)).equals(await adapterOf(whole)), `killed after steps ${steps}`).toBe(true);
    expect(await lossesOf(killed)).toEqual(await lossesOf(whole));
  });

  it("passes over a damaged checkpoint, takes the one before it, and says so", async () => {
    const run = await writeRun("damaged", { ...METHODS.dpo, dataset: path.join(goldensFolder, "preferences.jsonl") });
    const [whole, killed] = [path.join(folder, "damaged-whole"), path.join(folder, "damaged-killed")];
    expect((await trainInProcess(run, whole)).status).toBe(0);
    expect((await trainInProcess(run, killed, { killAfter: 8 })).status).toBeNull();
    const checkpoints = path.join(killed, "checkpoints");
    const newest = (await readdir(checkpoints))
      .filter((entry) => entry.startsWith("step-"))
      .sort()
      .at(-1) as string;
    await truncate(path.join(checkpoints, newest, "state.safetensors"), 5_000);
    const { status, said } = await trainInProcess(run, killed, { resume: true });
    expect(status).toBe(0);
    expect(said).toMatch(new RegExp(`${newest} is damaged .*the one before it`));
    expect((await adapterOf(killed)).equals(await adapterOf(whole))).toBe(true);
  });
});
