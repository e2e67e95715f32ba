import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainRun, writeRecords } from "../fixtures/train-run";

const fixture = (name: string) => new URL(`../fixtures/kto/${name}.jsonl`, import.meta.url).pathname;
const BETA = 0.1;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-kto-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (name: string, dataset: string, changes: object) =>
  trainRun(path.join(folder, name), {
    method: "kto",
    model: "tiny",
    beta: BETA,
    dataset,
    microBatchSize: 1,
    epochs: 4,
    shuffle: false,
    warmupRatio: 0,
    keepBest: false,
    ...changes,
  });

/** Mean reward ÷ β of a step's own examples, whatever their verdict. z must not be measured on them. */
const ownLogRatio = (step: Record<string, number | undefined>) =>
  ((step["rewards/chosen"] ?? step["rewards/rejected"]) as number) / BETA;

describe("KTO's reference point", () => {
  it("is not measured on the ratings of one task that share a batch", async () => {
    const { steps } = await train("rated-tasks", fixture("rated-tasks"), { batchSize: 4 });
    expect(steps).toHaveLength(12);
    // From the second epoch on the policy has moved.
    for (const step of steps.slice(3)) {
      expect(Math.abs((step.kl as number) - Math.max(0, ownLogRatio(step)))).toBeGreaterThan(0.01);
    }
    const losses = steps.filter((step) => step["rewards/chosen"] !== undefined).map(({ loss }) => loss as number);
    expect(losses.at(-1)).toBeLessThan(0.45);
  });

  it("borrows from another prompt for a last batch of one", async () => {
    const { steps } = await train("remainder", fixture("five"), { batchSize: 2 });
    const alone = steps.filter((_, step) => step % 3 === 2);
    expect(alone).toHaveLength(4);
    for (const step of alone) {
      expect(step.kl).not.toBeCloseTo(ownLogRatio(step), 2);
      expect(Math.abs((step.loss as number) - 0.5)).toBeGreaterThan(0.005);
    }
  });

  it("is the mean over mismatched completions alone: two tasks in one batch measure each other", async () => {
    const records = (await readFile(fixture("rated-tasks"), "utf8")).trim().split("\n");
    const two = await writeRecords(
      path.join(folder, "two.jsonl"),
      records.slice(0, 8).map((line) => JSON.parse(line) as object),
    );
    const { steps } = await train("two-tasks", two, { batchSize: 8, epochs: 6 });
    for (const step of steps.slice(2)) {
      const own = [step["rewards/chosen"], step["rewards/rejected"]].map((reward) => (reward as number) / BETA);
      const mean = ((own[0] as number) + (own[1] as number)) / 2;
      for (const value of [...own, mean])
        expect(Math.abs((step.kl as number) - Math.max(0, value))).toBeGreaterThan(0.01);
    }
  });

  it("stays at 0, and that is said, where there is one prompt only", async () => {
    const prompt = [{ role: "user", content: "Name a colour." }];
    const dataset = await writeRecords(
      path.join(folder, "one-prompt.jsonl"),
      ["Red.", "Blue.", "Seven."].map((content, index) => ({
        prompt,
        completion: [{ role: "assistant", content }],
        label: index < 2,
      })),
    );
    const { steps, events } = await train("one-prompt", dataset, { batchSize: 3, epochs: 2 });
    expect(steps.map(({ kl }) => kl)).toEqual([0, 0]);
    const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
    expect(notices).toEqual([expect.stringMatching(/^All training examples answer one prompt/)]);
  });
});
