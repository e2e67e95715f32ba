import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addTrainCommand } from "../cli/train";
import { goldensFolder, readGolden } from "../fixtures/goldens";

type Row = Record<string, number>;
type Trajectories = { runs: Record<string, { config: Record<string, unknown>; expected: Row[] }> };

const RUNS = [
  "dpo-sigmoid-llama",
  "dpo-ipo-llama",
  "sft-llama",
  "sft-lora-llama",
  "sft-accumulation-cosine-llama",
  "reward-llama",
  "reward-centered-llama",
  "kto-llama",
  "orpo-llama",
  "simpo-llama",
  "sft-gpt2",
  "reward-gpt2",
  "dpo-sigmoid-gpt2",
  "dpo-ipo-gpt2",
  "dpo-sigmoid-norm-llama",
];

let folder: string;
let trajectories: Trajectories;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-trajectories-"));
  trajectories = await readGolden<Trajectories>("trajectories.json");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `train` as the command line does and gives the rows of metrics.jsonl. */
async function train(name: string, config: Record<string, unknown>): Promise<Row[]> {
  const runFile = path.join(folder, `${name}.json`);
  const absolute = (key: string) => (config[key] ? { [key]: path.join(goldensFolder, String(config[key])) } : {});
  await writeFile(
    runFile,
    JSON.stringify({
      ...config,
      ...absolute("model"),
      ...absolute("dataset"),
      ...absolute("adapter"),
    }),
  );
  const program = new Command();
  addTrainCommand(program);
  await program.parseAsync(["node", "trainer", "train", runFile, "--out", path.join(folder, name)]);
  const lines = await readFile(path.join(folder, name, "metrics.jsonl"), "utf8");
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

/**
 * Losses agree to 5e-4 relative (1e-4 absolute on the first step), mean logits, which are near 0, to 4e-3 relative +
 * 1e-4 absolute.
 */
function toleranceOf(name: string, value: number, step: number): number {
  if (name === "loss") return step === 0 ? 1e-4 : 5e-4 * Math.abs(value);
  return 4e-3 * Math.abs(value) + (name.startsWith("logits/") ? 1e-4 : 2e-3);
}

/** Expects losses and logits to agree to `toleranceOf`, other figures to 4e-3 relative + 2e-3 absolute. */
function expectClose(got: Row[], expected: Row[]): void {
  expect(got).toHaveLength(expected.length);
  expected.forEach((row, step) => {
    for (const [name, value] of Object.entries(row)) {
      const tolerance = toleranceOf(name, value, step);
      const difference = Math.abs((got[step]?.[name] ?? Number.NaN) - value);
      expect(difference <= tolerance, `step ${step + 1}: ${name} is ${got[step]?.[name]}, expected ${value}`).toBe(
        true,
      );
    }
  });
}

describe("training against TRL, step by step", () => {
  it("leaves no run of the goldens out", () => {
    expect(Object.keys(trajectories.runs).sort()).toEqual([...RUNS].sort());
  });

  it.each(RUNS)("%s", async (name) => {
    const { config, expected } = trajectories.runs[name] ?? { config: {}, expected: [] };
    expectClose(await train(name, config), expected);
  });

  // In the first step policy and reference are one, so that chosen and rejected tie, whatever shares their micro-batch.
  describe.each([1, 2, 4])("with micro-batches of %i", (microBatchSize) => {
    it.each(RUNS.filter((name) => /^(dpo|kto)/.test(name)))("%s", async (name) => {
      const { config, expected } = trajectories.runs[name] ?? { config: {}, expected: [] };
      expectClose(await train(`${name} by ${microBatchSize}`, { ...config, microBatchSize }), expected);
    });
  });

  it.each(["dpo-sigmoid-llama", "sft-gpt2", "kto-llama"])("%s, without the fused operations", async (name) => {
    vi.stubEnv("TUNELOOP_FUSED", "0");
    const { config, expected } = trajectories.runs[name] ?? { config: {}, expected: [] };
    expectClose(await train(`${name} composed`, config), expected);
    vi.unstubAllEnvs();
  });
});
