import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { RunLedger } from "@/domain/runs/run-events";
import { shareSchema } from "@/domain/statistics/share";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { runNotFound } from "./run-row";
import { listCheckpoints } from "./spare-checkpoints";

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
  checkpoints: { step: number; sizeBytes: number }[];
}

/** What a run keeps in its folder beside its figures: where its records went, and its checkpoints. */
export async function readRunFolder(input: { projectId: string; runId: string }): Promise<RunFolder> {
  const { projectId, runId } = input;
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId }, select: { folder: true } });
  if (!run) throw runNotFound(runId);
  const [ledger, checkpoints] = await Promise.all([readLedger(dataPath(run.folder)), listCheckpoints(run.folder)]);
  return {
    ledger,
    checkpoints: checkpoints.map(({ folder, sizeBytes }) => ({
      step: Number(path.basename(folder).slice("step-".length)),
      sizeBytes,
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
