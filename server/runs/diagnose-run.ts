import { type Diagnosis, diagnose } from "@/domain/diagnosis/diagnose";
import type { PairLengths } from "@/domain/diagnosis/trace";
import { asMethod } from "@/domain/runs/methods";
import type { TrainingRun } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { readMetrics } from "./run-figures";
import { runNotFound } from "./run-row";

export interface RunDiagnosis extends Diagnosis {
  /** The run's last step when the diagnosis was made. */
  step: number;
}

/**
 * Diagnoses a run by the figures that it has reported so far. Pages ask again every few seconds, mostly about a run of
 * which nothing new is known, so the answer is kept until the run or its figures change.
 */
export async function diagnoseRun({ actor, runId }: { actor: ProjectActor; runId: string }): Promise<RunDiagnosis> {
  const { projectId } = requireAdmin(actor);
  const [run, figures] = await Promise.all([
    database().trainingRun.findFirst({ where: { id: runId, projectId } }),
    // Figures are added and never changed, and a validation's come after its step, so that their number tells whether
    // there are new ones.
    database().runMetric.count({ where: { runId } }),
  ]);
  if (!run) throw runNotFound(runId);
  const state = JSON.stringify([run.attempt, run.step, figures, run.errorCode, run.errorMessage]);
  const kept = KEPT.get(runId);
  if (kept?.state === state) return kept.diagnosis;
  const diagnosis = await diagnoseNow(run);
  KEPT.delete(runId);
  KEPT.set(runId, { state, diagnosis });
  for (const oldest of [...KEPT.keys()].slice(0, -MOST_KEPT)) KEPT.delete(oldest);
  return diagnosis;
}

/** The kept diagnoses by run, those made last at the end. */
const KEPT = new Map<string, { state: string; diagnosis: RunDiagnosis }>();
const MOST_KEPT = 50;

async function diagnoseNow(run: TrainingRun): Promise<RunDiagnosis> {
  const [metrics, pairs] = await Promise.all([readMetrics(run.id), pairLengths(run.datasetVersionId)]);
  const diagnosis = diagnose({
    method: asMethod(run.method),
    configuration: run.configuration as Record<string, unknown>,
    totalSteps: run.totalSteps,
    series: new Map(metrics.map(({ name, points }) => [name, points])),
    pairs,
    ...(run.errorCode && { failure: { code: run.errorCode, message: run.errorMessage ?? "", step: run.step } }),
  });
  return { ...diagnosis, step: run.step };
}

async function pairLengths(datasetVersionId: string): Promise<PairLengths | undefined> {
  const [row] = await database().$queryRaw<(PairLengths | { count: 0 })[]>`
    SELECT count(*)::int AS "count", avg(length(chosen."content"))::float8 AS "chosen",
           avg(length(rejected."content"))::float8 AS "rejected",
           avg(CASE sign(length(chosen."content") - length(rejected."content"))
               WHEN 1 THEN 1 WHEN 0 THEN 0.5 ELSE 0 END)::float8 AS "chosenLonger"
    FROM "DatasetRecord" record
    JOIN "Completion" chosen ON chosen."id" = record."chosenCompletionId"
    JOIN "Completion" rejected ON rejected."id" = record."rejectedCompletionId"
    WHERE record."datasetVersionId" = ${datasetVersionId}::uuid AND record."kind" = 'preference'
      AND record."split" = 'train'`;
  return row && row.count > 0 ? (row as PairLengths) : undefined;
}
