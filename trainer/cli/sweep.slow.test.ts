import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { runTrainer } from "../fixtures/train-process";
import type { Sweep } from "../sweep/sweep-file";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-sweep-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("a sweep stopped by SIGTERM goes on in the middle of its cell, to the weights that train makes", async () => {
  const run = path.join(folder, "RUN.json");
  const config = {
    method: "dpo",
    model: path.join(goldensFolder, "llama"),
    lora: { rank: 2 },
    dataset: path.join(goldensFolder, "preferences.jsonl"),
    batchSize: 2,
    maxSteps: 80,
  };
  await writeFile(run, JSON.stringify(config));
  const out = path.join(folder, "sweep");
  const args = ["sweep", run, "--vary", "beta=0.1,0.3", "--vary", "learningRate=1e-3", "--out", out];
  const cell = "beta=0.3_learningRate=1e-3";
  const end = { whenSaid: `2 of 2: ${cell}`, signal: "SIGTERM" } as const;
  const first = await runTrainer(args, { end });
  expect(first.status).toBe(143);
  expect(first.stdout).toMatch(/stopped/);
  const statuses = async () => {
    const { cells } = JSON.parse(await readFile(path.join(out, "sweep.json"), "utf8")) as Sweep;
    return cells.map(({ status }) => status);
  };
  expect(await statuses()).toEqual(["finished", "stopped"]);

  const middle = await runTrainer(args, { end: { whenSaid: "step 5/80", signal: "SIGTERM" } });
  expect(middle.status).toBe(143);
  expect(middle.said).toContain("beta=0.1_learningRate=1e-3: finished");
  const last = await runTrainer(args);
  expect(last).toMatchObject({ status: 0, said: expect.stringMatching(/Going on after step \d+ of 80/) });
  expect(await statuses()).toEqual(["finished", "finished"]);

  await writeFile(run, JSON.stringify({ ...config, beta: 0.3, learningRate: 1e-3 }));
  const alone = path.join(folder, "alone");
  expect((await runTrainer(["train", run, "--out", alone])).status).toBe(0);
  const adapterOf = (place: string) => readFile(path.join(place, "adapter/adapter_model.safetensors"));
  expect((await adapterOf(path.join(out, cell))).equals(await adapterOf(alone))).toBe(true);
});
