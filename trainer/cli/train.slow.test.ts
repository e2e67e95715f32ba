import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCK_FILE } from "../file-formats/hold-folder";
import { goldensFolder } from "../fixtures/goldens";
import { runTrainer } from "../fixtures/train-process";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-train-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Each test starts processes of its own, and on a busy machine each takes its time.
describe("train on SIGTERM", { timeout: 240_000 }, () => {
  it("writes a checkpoint, exits with 143, and goes on to the very same weights", async () => {
    const run = path.join(folder, "RUN.json");
    const [whole, stopped] = [path.join(folder, "whole"), path.join(folder, "stopped")];
    const config = { method: "sft", model: path.join(goldensFolder, "llama"), lora: { rank: 2 } };
    const dataset = path.join(goldensFolder, "demonstrations.jsonl");
    // With this interval any checkpoint before the end was written because of the signal.
    await writeFile(run, JSON.stringify({ ...config, dataset, batchSize: 2, maxSteps: 80, checkpointEvery: 1000 }));
    expect((await runTrainer(["train", run, "--out", whole])).status).toBe(0);

    const end = { whenSaid: "step 2/80", signal: "SIGTERM" } as const;
    const first = await runTrainer(["train", run, "--out", stopped], { end });
    expect(first.status).toBe(143);
    expect(first.said).toMatch(
      /Stopping\. Press Ctrl-C once more to end at once\.\n(.*\n)*error: The run was stopped; it can go on/,
    );
    const left = await readdir(stopped);
    for (const name of ["adapter", LOCK_FILE]) expect(left).not.toContain(name);
    const [checkpoint, ...others] = await readdir(path.join(stopped, "checkpoints"));
    expect({ checkpoint, others }).toEqual({ checkpoint: expect.stringMatching(/^step-\d{6}$/), others: [] });

    const refused = await runTrainer(["train", run, "--out", stopped]);
    expect(refused).toMatchObject({ status: 1, said: expect.stringMatching(/already holds a run; continue it/) });
    const second = await runTrainer(["train", run, "--out", stopped, "--resume"]);
    expect(second).toMatchObject({ status: 0, said: expect.stringMatching(/Going on after step \d+ of 80\./) });
    const adapterOf = (out: string) => readFile(path.join(out, "adapter/adapter_model.safetensors"));
    expect((await adapterOf(stopped)).equals(await adapterOf(whole))).toBe(true);
  });
});
