import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { learnWalks } from "../../fixtures/learn-walks";

const TARGET = 0.8;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-lookahead-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** KL of each of forty iterations at a learning rate that needs a dozen of them to reach the target. */
async function klOfWalker(changes: object): Promise<number[]> {
  const of = { klCoefficient: undefined, klTarget: TARGET, policyLearningRate: 5e-5, ppoEpochs: 2, ...changes };
  const run = await mkdtemp(path.join(folder, "run-"));
  await learnWalks(run, { walks: 500, epochs: 6, iterations: 40, changes: of });
  const rows = (await readFile(path.join(run, "ppo", "metrics.jsonl"), "utf8")).trim().split("\n");
  return rows.map((row) => (JSON.parse(row) as Record<string, number>)["objective/kl"] ?? Number.NaN);
}

it("a look ahead keeps a real policy, that follows β slowly, nearer to the target", async () => {
  const [without, withLook] = [await klOfWalker({}), await klOfWalker({ klLookahead: 10 })];
  const settled = (kl: number[]) => kl.slice(-10).reduce((sum, value) => sum + value, 0) / 10;
  expect(Math.max(...withLook)).toBeLessThan(Math.max(...without) - 0.1);
  expect(Math.abs(settled(withLook) - TARGET)).toBeLessThan(Math.abs(settled(without) - TARGET));
});
