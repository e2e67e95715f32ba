import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseRunConfig } from "@/domain/runs/parse-run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { firstRunExcess, productOperations, type RecordingTimes, recordingTimes } from "../engine/compile-statistics";
import { runTraining } from "../run-training";
import { benchFiles } from "./bench-data";
import { watchOthers } from "./machine-load";
import type { BenchSettings, OwnMeasurement, Workload } from "./measurement";
import { ownVersions, peakMemory } from "./own-process";

/**
 * Trains two epochs over one set of batches with the trainer's own recipe. The first epoch compiles and gives the
 * end-to-end figure of a fresh process; the second gives the speed of all further ones. The reference's pass comes only
 * once, so the time that it took to compile is subtracted.
 */
export async function measureTraining(
  workload: Exclude<Workload, "generate" | "ppo">,
  folder: string,
  settings: BenchSettings,
): Promise<OwnMeasurement> {
  const { preferences, demonstrations } = benchFiles(folder);
  const { model, steps, batchSize, maxLength, rank, gradientCheckpointing, recomputeEvery, microBatchSize } = settings;
  const config = {
    method: workload,
    model,
    dataset: workload === "sft" ? demonstrations : preferences,
    lora: { rank },
    batchSize,
    maxLength,
    gradientCheckpointing,
    epochs: 2,
    maxSteps: 2 * steps,
    shuffle: false,
    learningRate: 1e-4,
    lrScheduler: "constant",
    warmupSteps: 0,
    checkpointEvery: 2 * steps,
    ...(microBatchSize !== undefined && { microBatchSize }),
    ...(recomputeEvery !== undefined && { recomputeEvery }),
  };
  const outputDir = await mkdtemp(path.join(os.tmpdir(), "tuneloop-bench-"));
  const watch = new RunWatch(steps);
  try {
    await runTraining(parseRunConfig(JSON.stringify(config), "bench"), {
      outputDir: path.join(outputDir, "run"),
      onEvent: (event) => watch.note(event),
    });
  } finally {
    await rm(outputDir, { recursive: true, force: true });
  }
  return { workload, ...watch.result() };
}

/** Measures the times between the events of a run. */
class RunWatch {
  private others = watchOthers();
  private start = 0;
  private referenceSeconds = 0;
  private referenceStart: number | null = null;
  private firstEpochSeconds = 0;
  private insideBefore = 0;
  private insideSeconds = 0;
  private productsBefore = 0;
  private products = 0;
  private tokens = 0;
  private memory = 0;
  private othersShare: number | null = null;
  private readonly stepSeconds: number[] = [];

  constructor(private readonly steps: number) {}

  note(event: RunEvent): void {
    const now = performance.now();
    if (event.type === "resolved") {
      this.start = now;
      this.others = watchOthers();
    }
    if (event.type === "phase" && event.phase === "reference") this.referenceStart ??= now;
    if (event.type === "phase" && event.phase === "training" && this.referenceStart !== null) {
      this.referenceSeconds ||= (now - this.referenceStart) / 1000;
    }
    if (event.type !== "step") return;
    if (event.step === this.steps) {
      this.firstEpochSeconds = (now - this.start) / 1000;
      this.insideBefore = insideOf(recordingTimes());
      this.productsBefore = operationsOf(recordingTimes());
    }
    if (event.step > this.steps) {
      this.stepSeconds.push(event.seconds);
      this.tokens += event.tokens;
    }
    if (event.step === 2 * this.steps) {
      this.memory = peakMemory();
      this.othersShare = this.others();
      this.insideSeconds = insideOf(recordingTimes()) - this.insideBefore;
      this.products = operationsOf(recordingTimes()) - this.productsBefore;
    }
  }

  result(): Omit<OwnMeasurement, "workload"> {
    const recordings = recordingTimes();
    const compile = {
      recordings: recordings.length,
      recordSeconds: sum(recordings.map(({ recordSeconds }) => recordSeconds)),
      firstRunSeconds: firstRunExcess(recordings),
    };
    const forward = recordings.filter(({ label }) => label.endsWith("log-probs"));
    const forwardCompile = sum(forward.map(({ recordSeconds }) => recordSeconds)) + firstRunExcess(forward);
    const hasReference = this.referenceStart !== null;
    const referenceSeconds = hasReference ? Math.max(0, this.referenceSeconds - forwardCompile) : 0;
    return {
      tokens: this.tokens,
      seconds: sum(this.stepSeconds) + referenceSeconds,
      endToEndSeconds: this.firstEpochSeconds,
      stepSeconds: this.stepSeconds,
      peakMemory: this.memory,
      othersShare: this.othersShare,
      versions: ownVersions(),
      compile,
      insideSeconds: this.insideSeconds + (hasReference ? insideOf(forward) - firstRunExcess(forward) : 0),
      productGigaflops: (this.products + (hasReference ? operationsOf(forward) : 0)) / 1e9,
      ...(hasReference && { referenceSeconds }),
    };
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const insideOf = (recordings: readonly RecordingTimes[]) => sum(recordings.map(({ runSeconds }) => runSeconds));
/** Operations of the matrix products of all runs so far. */
const operationsOf = (recordings: readonly RecordingTimes[]) =>
  sum(recordings.map(({ runs, products }) => runs * productOperations(products)));
