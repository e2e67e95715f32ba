import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { isIn, memberSteps } from "@/domain/runs/member-steps";
import { METRICS } from "@/domain/runs/metric-names";
import type { RunLedger } from "@/domain/runs/run-events";
import { shareSchema } from "@/domain/statistics/share";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { runNotFound } from "./run-row";
import { type StoredCheckpoint, surveyCheckpoints } from "./spare-checkpoints";

const counted = z.array(
  z.object({ reason: z.string(), message: z.string(), count: z.int().min(0), lines: z.array(z.string()) }),
);
const tokens = z.object({ mean: z.number(), median: z.number() });

/** The account of the records, as the trainer writes it; what earlier trainers did not write is empty. */
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
  /**
   * The account of the dataset's records; null before the run has read them. The dataset's place on this machine is
   * left out.
   */
  ledger: Omit<RunLedger, "dataset"> | null;
  /**
   * The checkpoints on disk, the newest first, an ensemble's from the member trained last on. The run goes on from the
   * newest one when it is stopped or tried again.
   */
  checkpoints: ListedCheckpoint[];
}

export interface ListedCheckpoint extends Omit<StoredCheckpoint, "folder"> {
  /** The validation loss at the checkpoint's step; null where there was none. */
  validationLoss: number | null;
  /** True where no step (of its member) had a lower validation loss. */
  isBest: boolean;
  /** True where a stopped run goes on from this checkpoint: it is the newest state. */
  isNext: boolean;
  /** True where the checkpoint stays when the run has ended, as the project's setting is now. */
  isKept: boolean;
}

/** Reads what a run keeps in its folder beside its figures: where its records went, and its checkpoints. */
export async function readRunFolder(input: { actor: ProjectActor; runId: string }): Promise<RunFolder> {
  const { projectId } = requireAdmin(input.actor);
  const { runId } = input;
  const run = await database().trainingRun.findFirst({
    where: { id: runId, projectId },
    select: {
      folder: true,
      configuration: true,
      totalSteps: true,
      project: { select: { checkpointRetention: true } },
      metrics: { where: { name: METRICS.evalLoss }, orderBy: { step: "asc" }, select: { step: true, value: true } },
    },
  });
  if (!run) throw runNotFound(runId);
  const [ledger, { all, spare }] = await Promise.all([
    readLedger(dataPath(run.folder)),
    surveyCheckpoints(run.folder, { status: "completed", retention: run.project.checkpointRetention }),
  ]);
  const validationsOf = validationsByMember(run);
  const next = all.find(({ kind }) => kind === "state");
  return {
    ledger,
    checkpoints: all.map((one) => {
      const { folder: _, ...checkpoint } = one;
      const losses = validationsOf(one.member);
      return {
        ...checkpoint,
        validationLoss: losses.find(({ step }) => step === one.step)?.value ?? null,
        isBest: one.step === lowest(losses)?.step,
        isNext: one === next,
        isKept: !spare.includes(one),
      };
    }),
  };
}

interface Validation {
  step: number;
  value: number;
}

/** A run's steps count through an ensemble's members, whose checkpoints have steps of their own. */
function validationsByMember(run: { configuration: unknown; totalSteps: number | null; metrics: Validation[] }) {
  const parts = memberSteps(run.configuration as Record<string, unknown>, run.totalSteps);
  return (member: number | null): Validation[] => {
    if (member === null) return run.metrics;
    const part = parts.find((one) => one.member === member);
    return run.metrics.flatMap(({ step, value }) =>
      part && isIn(part, step) ? [{ step: step - part.after, value }] : [],
    );
  };
}

/** Finds the best step as the trainer does: of equal losses, the first. */
const lowest = (validations: readonly Validation[]): Validation | null =>
  validations.reduce<Validation | null>((low, one) => (low && low.value <= one.value ? low : one), null);

async function readLedger(folder: string): Promise<RunFolder["ledger"]> {
  const text = await readFile(path.join(folder, "ledger.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const { dataset: _, ...ledger } = ledgerSchema.parse(JSON.parse(text));
  return ledger;
}
