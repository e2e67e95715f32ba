import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import type { Sweep } from "../sweep/sweep-file";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-sweep-"));
  const pairs = (await readFile(path.join(goldensFolder, "preferences.jsonl"), "utf8")).trim().split("\n").slice(0, 12);
  const records = pairs.map((line, index) => ({
    ...(JSON.parse(line) as object),
    split: index < 8 ? "train" : "validation",
  }));
  await writeFile(path.join(folder, "pairs.jsonl"), records.map((record) => JSON.stringify(record)).join("\n"));
  const run = { method: "dpo", model: path.join(goldensFolder, "llama"), dataset: "pairs.jsonl", lora: { rank: 2 } };
  await writeFile(path.join(folder, "RUN.json"), JSON.stringify({ ...run, batchSize: 4, maxSteps: 2 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function sweep(...args: string[]) {
  const script = path.resolve(import.meta.dirname, "../../scripts/trainer.mjs");
  return spawnSync(process.execPath, [script, "sweep", "RUN.json", ...args], { cwd: folder, encoding: "utf8" });
}

// Each call starts several processes, and on a busy machine each takes its time.
describe("sweep", { timeout: 240_000 }, () => {
  it("trains each cell, tells one that fails, and does only what is missing when it is run again", async () => {
    const args = ["--vary", "maxLength=8,512", "--vary", "learningRate=1e-3", "--out", "sweep"];
    const first = sweep(...args, "--json");
    expect(first.stderr).toContain("1 of 2: maxLength=8_learningRate=1e-3\n");
    expect(first.status).toBe(1);
    const { cells } = JSON.parse(first.stdout) as Sweep;
    expect(cells).toEqual(JSON.parse(await readFile(path.join(folder, "sweep/sweep.json"), "utf8")).cells);
    expect(cells).toMatchObject([
      { values: { maxLength: 8 }, status: "failed", error: expect.stringMatching(/^Too few labels: /), steps: 0 },
      { values: { maxLength: 512, learningRate: 1e-3 }, status: "finished", steps: 2, loss: expect.any(Number) },
    ]);
    const finished = cells[1] as Sweep["cells"][number];
    expect(finished.evalLoss).toBeGreaterThan(0);
    const cell = path.join(folder, "sweep", finished.name);
    expect((await readdir(cell)).sort()).toEqual([
      "adapter",
      "checkpoints",
      "ledger.json",
      "metrics.jsonl",
      "run.json",
    ]);
    const written = (await stat(path.join(cell, "adapter"))).mtimeMs;

    const again = sweep(...args);
    expect(again.status).toBe(1);
    expect(again.stdout).toMatch(
      /^maxLength +learningRate +validation loss .*\n +512 +0\.001 .*\n +8 .* failed: Too few/,
    );
    expect((await stat(path.join(cell, "adapter"))).mtimeMs).toBe(written);
  });

  it("refuses a folder with a sweep of other records or settings", async () => {
    const run = JSON.parse(await readFile(path.join(folder, "RUN.json"), "utf8")) as object;
    sweep("--vary", "maxLength=8", "--out", "other");
    const pairs = path.join(folder, "pairs.jsonl");
    const records = await readFile(pairs, "utf8");
    await writeFile(pairs, records.split("\n").slice(1).join("\n"));
    const changed = sweep("--vary", "maxLength=8", "--out", "other");
    expect(changed.status).toBe(1);
    expect(changed.stderr).toMatch(
      /^error: .*other: holds a sweep of other records \(.*pairs\.jsonl was changed since\)/,
    );
    await writeFile(pairs, records);
    await writeFile(path.join(folder, "RUN.json"), JSON.stringify({ ...run, batchSize: 2 }));
    const refused = sweep("--vary", "beta=0.1", "--out", "other");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/^error: .*other: holds a sweep of other settings \(batchSize differs\)/);
  });
});
