import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { METRICS } from "@/domain/runs/metric-names";
import type { RunLedger } from "@/domain/runs/run-events";
import { shareSchema } from "@/domain/statistics/share";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { runNotFound } from "./run-row";
import { listCheckpoints, type StoredCheckpoint, spareOf } from "./spare-checkpoints";

const counted = z.array(
  z.object({ reason: z.string(), message: z.string(), count: z.int().min(0), lines: z.array(z.string()) }),
);
const tokens = z.object({ mean: z.number(), median: z.number() });

/** As the trainer writes it; what earlier ones did not write is empty. */
const ledgerSchema = z.object({
  dataset: z.string(),
  records: z.int().min(0),
  train: z.int().min(0),
  validation: z.int().min(0),
  leftOut: counted,
  odd: counted.default([]),
  lengths: z.object({ chosen: tokens, rejected: tokens, chosenLonger: shareSchema }).nullable().default(null),
}) satisfies z.ZodType<RunLedger>;

export interface RunFolder {
  /** Null before the run has read its data. The dataset's place on this machine is left out. */
  ledger: Omit<RunLedger, "dataset"> | null;
  /** On disk now, the newest first. The run goes on from the newest one when it is stopped or tried again. */
  checkpoints: ListedCheckpoint[];
}

export interface ListedCheckpoint extends Omit<StoredCheckpoint, "folder"> {
  /** Of the validation at its step; null where there was none. */
  validationLoss: number | null;
  /** Whether no step had a lower validation loss. */
  isBest: boolean;
  /** Whether a stopped run goes on from it: the newest state. */
  isNext: boolean;
  /** Whether it stays when the run has ended, as the project's setting is now. */
  isKept: boolean;
}

/** What a run keeps in its folder beside its figures: where its records went, and its checkpoints. */
export async function readRunFolder(input: { projectId: string; runId: string }): Promise<RunFolder> {
  const { projectId, runId } = input;
  const run = await database().trainingRun.findFirst({
    where: { id: runId, projectId },
    select: {
      folder: true,
      project: { select: { checkpointRetention: true } },
      metrics: { where: { name: METRICS.evalLoss }, orderBy: { step: "asc" }, select: { step: true, value: true } },
    },
  });
  if (!run) throw runNotFound(runId);
  const [ledger, stored] = await Promise.all([readLedger(dataPath(run.folder)), listCheckpoints(run.folder)]);
  const lossOf = new Map(run.metrics.map(({ step, value }) => [step, value]));
  // As the trainer decides: of equal losses the first.
  const best = run.metrics.reduce<{ step: number; value: number } | null>(
    (lowest, one) => (lowest && lowest.value <= one.value ? lowest : one),
    null,
  );
  const next = stored.find(({ kind }) => kind === "state");
  const spare = spareOf(stored, { status: "completed", retention: run.project.checkpointRetention });
  return {
    ledger,
    checkpoints: stored.map(({ folder: _, ...checkpoint }, index) => ({
      ...checkpoint,
      validationLoss: lossOf.get(checkpoint.step) ?? null,
      isBest: checkpoint.step === best?.step,
      isNext: stored[index] === next,
      isKept: !spare.includes(stored[index] as StoredCheckpoint),
    })),
  };
}

async function readLedger(folder: string): Promise<RunFolder["ledger"]> {
  const text = await readFile(path.join(folder, "ledger.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const { dataset: _, ...ledger } = ledgerSchema.parse(JSON.parse(text));
  return ledger;
}
