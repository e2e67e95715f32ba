import { database } from "../database/client";
import { personColumn } from "../labels/label-person";

/** Traces a model back to its base: one entry a model, each with the run that made it and what the run learned from. */
export async function traceLineage(modelVersionId: string) {
  const entries = [];
  const seen = new Set<string>();
  for (let id: string | null = modelVersionId; id && !seen.has(id); ) {
    seen.add(id);
    const model: LineageRow = await readLineageRow(id);
    const run = model.trainingRun;
    entries.push({
      model: { id: model.id, name: model.name, kind: model.kind, createdAt: model.createdAt },
      run: run && {
        id: run.id,
        number: run.number,
        method: run.method,
        finishedAt: run.finishedAt,
        /** The step at which a person ended the run before its last one; null where it went through. */
        stoppedAt: run.stopAtCheckpoint ? { step: run.step, totalSteps: run.totalSteps } : null,
        datasetVersion: run.datasetVersion,
        rewardModel: run.rewardModelVersion && (await describeRewardModel(run.rewardModelVersion)),
        ...(await countSources(run.datasetVersion.id)),
      },
    });
    id = model.parentId;
  }
  return entries;
}

type LineageRow = Awaited<ReturnType<typeof readLineageRow>>;

const readLineageRow = (id: string) =>
  database().modelVersion.findUniqueOrThrow({
    where: { id },
    select: {
      id: true,
      name: true,
      kind: true,
      createdAt: true,
      parentId: true,
      trainingRun: {
        select: {
          id: true,
          number: true,
          method: true,
          finishedAt: true,
          stopAtCheckpoint: true,
          step: true,
          totalSteps: true,
          datasetVersion: { select: { id: true, version: true, usedCount: true } },
          rewardModelVersion: {
            select: {
              id: true,
              name: true,
              trainingRun: {
                select: { id: true, number: true, datasetVersion: { select: { id: true, version: true } } },
              },
            },
          },
        },
      },
    },
  });

type RewardModelRow = NonNullable<NonNullable<LineageRow["trainingRun"]>["rewardModelVersion"]>;

/**
 * The reward model that scored a run's completions comes from people as well: from its own run, and the labels behind
 * that.
 */
async function describeRewardModel({ id, name, trainingRun }: RewardModelRow) {
  const run = trainingRun && { ...trainingRun, ...(await countSources(trainingRun.datasetVersion.id)) };
  return { id, name, run };
}

async function countSources(datasetVersionId: string): Promise<{ labelCount: number; annotatorCount: number }> {
  const [row] = await database().$queryRaw<{ labelCount: number; annotatorCount: number }[]>`
    SELECT count(DISTINCT l."id")::int AS "labelCount",
           count(DISTINCT ${personColumn})::int AS "annotatorCount"
    FROM "DatasetRecord" r
    JOIN "DatasetRecordSource" s ON s."recordId" = r."id"
    JOIN "Label" l ON l."id" = s."labelId"
    WHERE r."datasetVersionId" = ${datasetVersionId}::uuid`;
  return row ?? { labelCount: 0, annotatorCount: 0 };
}
