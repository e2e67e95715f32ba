import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseRunConfig } from "@/domain/runs/parse-run-config";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { StepEvent } from "@/domain/runs/run-events";
import { firstRunExcess, productOperations, recordingTimes } from "../engine/compile-statistics";
import { runTraining } from "../run-training";
import { benchFiles } from "./bench-data";
import { watchOthers } from "./machine-load";
import type { BenchSettings, MemoryMode, OwnMeasurement } from "./measurement";
import { ownVersions, peakMemory } from "./own-process";

/**
 * Number of iterations, of which only the last is measured: the others record most shapes, and lengths differ from
 * iteration to iteration.
 */
const ITERATIONS = 3;
const EPOCHS = 1;

/**
 * Runs iterations of PPO with an adapter and a computed reward, so that policy, reference and value model are at work,
 * and splits the last one into its parts.
 */
export async function measurePpo(
  folder: string,
  settings: BenchSettings,
  memoryMode: MemoryMode,
): Promise<OwnMeasurement> {
  const { model, prompts, newTokens, maxLength, rank, gradientCheckpointing, recomputeEvery, microBatchSize } =
    settings;
  const config = {
    method: "ppo",
    model,
    memoryMode,
    gradientCheckpointing,
    maxLength,
    dataset: benchFiles(folder).prompts,
    lora: { rank },
    rewardFunctions: [{ name: "length", unit: "tokens", max: newTokens }],
    rolloutBatchSize: prompts,
    maxNewTokens: newTokens,
    topP: 1,
    ppoEpochs: EPOCHS,
    minibatchSize: Math.max(1, Math.ceil(prompts / 2)),
    maxSteps: ITERATIONS,
    epochs: 1000,
    warmupSteps: 0,
    checkpointEvery: ITERATIONS,
    ...(microBatchSize !== undefined && { microBatchSize }),
    ...(recomputeEvery !== undefined && { recomputeEvery }),
  };
  const outputDir = await mkdtemp(path.join(os.tmpdir(), "tuneloop-bench-"));
  const steps: StepEvent[] = [];
  let others = watchOthers();
  let before = { inside: 0, products: 0 };
  try {
    await runTraining(parseRunConfig(JSON.stringify(config), "bench"), {
      outputDir: path.join(outputDir, "run"),
      onEvent: (event) => {
        if (event.type !== "step") return;
        steps.push(event);
        if (event.step !== ITERATIONS - 1) return;
        others = watchOthers();
        before = soFar();
      },
    });
  } finally {
    await rm(outputDir, { recursive: true, force: true });
  }
  const last = steps.at(-1) as StepEvent;
  const recordings = recordingTimes();
  const after = soFar();
  return {
    workload: "ppo",
    memoryMode,
    tokens: last.tokens,
    seconds: last.seconds,
    endToEndSeconds: (steps[0] as StepEvent).seconds,
    stepSeconds: steps.map(({ seconds }) => seconds),
    peakMemory: peakMemory(),
    othersShare: others(),
    versions: ownVersions(),
    compile: {
      recordings: recordings.length,
      recordSeconds: recordings.reduce((sum, { recordSeconds }) => sum + recordSeconds, 0),
      firstRunSeconds: firstRunExcess(recordings),
    },
    insideSeconds: after.inside - before.inside,
    productGigaflops: (after.products - before.products) / 1e9,
    parts: partsOf(last, prompts),
  };
}

/** Seconds and tokens of an iteration's parts: new tokens written, all tokens scored, all tokens learned from. */
export function partsOf({ metrics, tokens }: StepEvent, completions: number): NonNullable<OwnMeasurement["parts"]> {
  const written = Math.round((metrics[ROLLOUT_METRICS.length] ?? Number.NaN) * completions);
  const part = (count: number, speed = Number.NaN) => ({ tokens: count, seconds: count / speed });
  return {
    generate: part(written, metrics[ROLLOUT_METRICS.generateSpeed]),
    score: part(tokens, metrics[ROLLOUT_METRICS.scoreSpeed]),
    update: part(tokens * EPOCHS, metrics[ROLLOUT_METRICS.updateSpeed]),
  };
}

const soFar = () => {
  const recordings = recordingTimes();
  return {
    inside: recordings.reduce((sum, { runSeconds }) => sum + runSeconds, 0),
    products: recordings.reduce((sum, { runs, products }) => sum + runs * productOperations(products), 0),
  };
};
