import { describe, expect, it } from "vitest";
import { formatBenchResult } from "./format-result";
import { median, type OwnMeasurement } from "./measurement";
import type { BenchResult } from "./run-bench";

const sample = (seconds: number, change: Partial<OwnMeasurement> = {}): OwnMeasurement => ({
  workload: "sft",
  tokens: 1000,
  seconds,
  endToEndSeconds: 2 * seconds,
  stepSeconds: [seconds],
  peakMemory: 1500,
  othersShare: 0,
  versions: "own 1",
  compile: { recordings: 3, recordSeconds: 0.5, firstRunSeconds: 1 },
  insideSeconds: 0.9 * seconds,
  productGigaflops: 100 * seconds,
  ...change,
});

const result = (change: Partial<BenchResult> = {}): BenchResult => ({
  date: "2026-01-02",
  machine: { processor: "A CPU", cores: 2, memoryGigabytes: 24, backend: "TensorFlow", node: "v20" },
  matmulGigaflops: 200,
  compiler: { eagerMilliseconds: 200, compiledMilliseconds: 100, lossDifference: 2e-7 },
  settings: {
    model: "m",
    steps: 1,
    batchSize: 4,
    maxLength: 512,
    rank: 16,
    prompts: 16,
    newTokens: 64,
    gradientCheckpointing: false,
  },
  data: "pairs.jsonl",
  own: [sample(5), sample(10), sample(4)],
  peer: [],
  rejected: 1,
  ...change,
});

describe("the table of a benchmark", () => {
  it("gives medians and shares of the machine's limit", () => {
    expect(median([5, 10, 4])).toBe(5);
    expect(median([1, 2])).toBe(1.5);
    const text = formatBenchResult(result());
    expect(text).toContain("| sft | 200.0 | 100.0 | 100 (50 %) | 90 % | 1.5 s, 3 shapes | 1.50 |");
    expect(text).toContain("op by op 200 ms, as one graph 100 ms (2.00×), losses within 2.0e-7");
    expect(text).toContain("Samples rejected: 1");
  });

  it("sets the peer beside it, workload by workload", () => {
    const peer = [sample(15, { peakMemory: 6000 })];
    const text = formatBenchResult(result({ peer }));
    expect(text).toContain("| 66.7 | 33.3 | 3.00 | 3.00 | 6.00 | 0.25 |");
  });

  it("splits an iteration of PPO, a row for each way of holding the models", () => {
    const part = (tokens: number, seconds: number) => ({ tokens, seconds });
    const parts = { generate: part(100, 2), score: part(300, 1), update: part(300, 3) };
    const ofPpo = { workload: "ppo" as const, parts };
    const own = [sample(6, { ...ofPpo, memoryMode: "adapters" }), sample(9, { ...ofPpo, memoryMode: "offload" })];
    const text = formatBenchResult(result({ own }));
    expect(text).toContain("| adapters | 6.0 s | 2.0 s (50/s) | 1.0 s (300/s) | 3.0 s (100/s) | 1.50 |");
    expect(text).toContain("| offload | 9.0 s |");
    expect(text).not.toContain("GFLOP/s (of peak)");
  });

  it("says when samples were kept though others used the machine", () => {
    expect(formatBenchResult(result({ own: [sample(5, { othersShare: 0.5 })] }))).toContain(
      "1 of those kept were disturbed",
    );
  });
});
