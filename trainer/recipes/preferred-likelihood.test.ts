import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder, readGolden } from "../fixtures/goldens";
import { trainRun, writeRecords } from "../fixtures/train-run";

type Row = Record<string, number>;
type Trajectories = { runs: Record<string, { config: Record<string, unknown>; expected: Row[] }> };

let folder: string;
let trajectories: Trajectories;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-sft-mix-"));
  trajectories = await readGolden<Trajectories>("sft-mix.json");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const golden = (file: string) => path.join(goldensFolder, file);
const read = async (file: string) =>
  (await readFile(golden(file), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("nllCoefficient", () => {
  it.each(["dpo-sigmoid-sft-llama", "dpo-ipo-sft-llama"])("%s: TRL's figures, step by step", async (name) => {
    const { config, expected } = trajectories.runs[name]!;
    const changes = { ...config, model: golden("llama"), dataset: golden("preferences.jsonl") };
    const { steps } = await trainRun(path.join(folder, name), changes);
    expect(steps).toHaveLength(expected.length);
    expected.forEach((row, step) => {
      for (const [figure, value] of Object.entries(row)) {
        const tolerance = figure === "loss" ? 5e-4 * Math.abs(value) : 4e-3 * Math.abs(value) + 2e-3;
        const got = (steps[step] as Row)[figure] ?? Number.NaN;
        expect(Math.abs(got - value) <= tolerance, `step ${step + 1}: ${figure} is ${got}, not ${value}`).toBe(true);
      }
    });
  });

  it("is ORPO's own: its loss is the likelihood minus λ times the odds, both among its figures", async () => {
    const changes = {
      method: "orpo",
      lambda: 0.3,
      dataset: golden("preferences.jsonl"),
      maxSteps: 2,
      microBatchSize: 3,
    };
    const { steps } = await trainRun(path.join(folder, "orpo"), changes);
    for (const { loss, nll_loss, log_odds_ratio, log_odds_chosen } of steps as Row[]) {
      expect(nll_loss! - 0.3 * log_odds_ratio!).toBeCloseTo(loss!, 5);
      // The inequality is Jensen's, for a mean over pairs whose odds differ.
      expect(log_odds_ratio!).toBeLessThan(-Math.log1p(Math.exp(-log_odds_chosen!)));
    }
  });

  it.each([
    ["dpo", "preferences.jsonl", {}],
    ["dpo", "preferences.jsonl", { loss: "sigmoid_norm", beta: 5 }],
    ["simpo", "preferences.jsonl", {}],
    ["kto", "unpaired.jsonl", {}],
  ])(
    "%s on %s %o: adds what SFT on the preferred completions of the batch would have lost",
    async (method, file, more) => {
      const records: { prompt: object; chosen?: object; completion?: object; label?: boolean }[] = await read(file);
      const common = { shuffle: false, batchSize: 8, microBatchSize: 3, maxSteps: 1, lora: { rank: 2 } };
      const named = `${method}-${Object.keys(more).length}`;
      const run = (nllCoefficient: number) =>
        trainRun(path.join(folder, `${named}-${nllCoefficient}`), {
          method,
          dataset: golden(file),
          nllCoefficient,
          validationDataset: golden(file),
          ...common,
          ...more,
        });
      const preferred = records.slice(0, 8).filter(({ label }) => label !== false);
      const demonstrations = preferred.map(({ prompt, chosen, completion }) => ({
        prompt,
        completion: chosen ?? completion,
      }));
      const dataset = await writeRecords(path.join(folder, `${named}.jsonl`), demonstrations);
      const [without, mixed] = [await run(0), await run(0.5)];
      const { steps: sft } = await trainRun(path.join(folder, `${named}-sft`), { method: "sft", dataset, ...common });
      const nll = sft[0]?.loss as number;
      expect(mixed.steps[0]?.nll_loss).toBeCloseTo(nll, 4);
      expect((mixed.steps[0]?.loss as number) - (without.steps[0]?.loss as number)).toBeCloseTo(0.5 * nll, 4);
      expect(without.steps[0]).not.toHaveProperty("nll_loss");
      const validated = (events: typeof mixed.events) =>
        events.flatMap((event) => (event.type === "evaluation" ? [event.metrics.evalLoss as number] : []))[0] as number;
      expect(validated(mixed.events)).toBeGreaterThan(validated(without.events) + 0.4 * nll);
    },
  );
});
