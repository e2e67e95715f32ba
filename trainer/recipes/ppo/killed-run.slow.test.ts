import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGraph, writeOptimality, writeWalker, writeWalks } from "../../fixtures/random-walks";

const ROOT = path.resolve(import.meta.dirname, "../../..");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-killed-"));
  const graph = createGraph(4);
  await writeWalker(path.join(folder, "walker"));
  await writeWalks(path.join(folder, "walks.jsonl"), graph, 40);
  await writeOptimality(path.join(folder, "optimality.mjs"), graph);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command line; with `killAfter` kills it with -9 as soon as it reports that iteration. */
function train(
  run: string,
  out: string,
  options: { resume?: boolean; killAfter?: number } = {},
): Promise<number | null> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "trainer/cli.ts", "train", run, "--out", out, ...(options.resume ? ["--resume"] : [])],
    { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (data: Buffer) => {
    said += data.toString();
    if (options.killAfter && said.includes(`step ${options.killAfter}/`)) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => (code === 1 ? reject(new Error(said)) : resolve(code)));
  });
}

it("killed with -9 twice ends with the same weights as one that was never killed", async () => {
  const run = path.join(folder, "run.json");
  const config = {
    method: "ppo",
    model: "walker",
    dataset: "walks.jsonl",
    lora: { rank: 4 },
    rewardFunctions: [{ name: "module", path: "optimality.mjs" }],
    rolloutBatchSize: 10,
    samplesPerPrompt: 4,
    minibatchSize: 20,
    microBatchSize: 20,
    maxNewTokens: 8,
    maxSteps: 10,
    policyLearningRate: 2e-3,
    klTarget: 0.05,
    klHorizon: 100,
    normalizeReward: true,
    topP: 0.95,
    checkpointEvery: 2,
  };
  await writeFile(run, JSON.stringify(config));
  const [whole, killed] = [path.join(folder, "whole"), path.join(folder, "killed")];
  expect(await train(run, whole)).toBe(0);
  expect(await train(run, killed, { killAfter: 3 })).toBeNull();
  expect(await train(run, killed, { resume: true, killAfter: 7 })).toBeNull();
  expect(await train(run, killed, { resume: true })).toBe(0);

  const weights = (out: string) => readFile(path.join(out, "adapter", "adapter_model.safetensors"));
  expect((await weights(killed)).equals(await weights(whole))).toBe(true);
  const rows = async (out: string) =>
    (await readFile(path.join(out, "metrics.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, number>)
      .map((row) => [row.step, row.loss, row["objective/klCoefficient"], row["objective/scores"]]);
  expect(await rows(killed)).toEqual(await rows(whole));
});
