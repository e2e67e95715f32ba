import { type Diagnosis, diagnose } from "@/domain/diagnosis/diagnose";
import type { PairLengths } from "@/domain/diagnosis/trace";
import { database } from "../database/client";
import { listRunMetrics } from "./run-figures";
import { runNotFound } from "./run-row";

export interface RunDiagnosis extends Diagnosis {
  /** The run's last step when the diagnosis was made. */
  step: number;
}

/** What is wrong with a run, by the figures that it has reported so far. */
export async function diagnoseRun({ projectId, runId }: { projectId: string; runId: string }): Promise<RunDiagnosis> {
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId } });
  if (!run) throw runNotFound(runId);
  const [metrics, pairs] = await Promise.all([listRunMetrics({ projectId, runId }), pairLengths(run.datasetVersionId)]);
  const diagnosis = diagnose({
    method: run.method,
    configuration: run.configuration as Record<string, unknown>,
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
