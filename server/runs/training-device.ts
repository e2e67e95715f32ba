import type { Operations } from "@/domain/runs/layer-memory";
import type { Method } from "@/domain/runs/run-config";
import { database } from "../database/client";

/** The device that the trainer runs on, as its process last said; "cpu" while none has. */
export async function trainingDevice(): Promise<"cpu" | "gpu"> {
  return (await trainingBackend()) === "gpu" ? "gpu" : "cpu";
}

/**
 * The operations that the trainer computes with: its own are there for TensorFlow on the CPU as the set-up makes it.
 */
export async function trainingOperations(): Promise<Operations> {
  return (await trainingBackend()) === "cpu" ? "fused" : "composed";
}

async function trainingBackend(): Promise<string> {
  const worker = await database().workerProcess.findFirst({
    where: { role: "training" },
    orderBy: { startedAt: "desc" },
    select: { backend: true },
  });
  return worker?.backend ?? "cpu";
}

/**
 * Estimates the seconds that `examples` take from the last run of this kind on this instance; null where there was
 * none.
 */
export async function secondsPerExample(method: Method, baseModelVersionId: string): Promise<number | null> {
  const run = await database().trainingRun.findFirst({
    where: { method, baseModelVersionId, status: "completed", stopAtCheckpoint: false, step: { gt: 0 } },
    orderBy: { finishedAt: "desc" },
  });
  if (!run?.startedAt || !run.finishedAt) return null;
  const examples = examplesOfStep(Object(run.configuration));
  if (!examples) return null;
  return (run.finishedAt.getTime() - run.startedAt.getTime()) / 1000 / (run.step * examples);
}

/** Names what one step goes over: records, or the completions that an iteration writes. */
export function examplesOfStep(values: object): number {
  const { batchSize, rolloutBatchSize, samplesPerPrompt } = values as Readonly<Record<string, unknown>>;
  return Number(batchSize ?? Number(rolloutBatchSize ?? 0) * Number(samplesPerPrompt ?? 1));
}
