import { database } from "../database/client";
import { findModel } from "./find-model";
import { listModelFiles } from "./model-files";

/**
 * A model with where it came from: one entry a model from this one back to its base, each with the run that made it,
 * the dataset version the run learned from, and how many labels of how many people that held.
 */
export async function getModel({ projectId, modelVersionId }: { projectId: string; modelVersionId: string }) {
  const model = await findModel(database(), projectId, modelVersionId);
  const [lineage, completionCount, runsFrom, files] = await Promise.all([
    traceLineage(model.id),
    database().completion.count({ where: { modelVersionId } }),
    database().trainingRun.findMany({
      where: { baseModelVersionId: modelVersionId },
      orderBy: { number: "asc" },
      select: { id: true, number: true, method: true, status: true },
    }),
    listModelFiles(model),
  ]);
  return {
    id: model.id,
    name: model.name,
    kind: model.kind,
    artifactKind: model.artifactKind,
    /** Catalogue name, hub id or path of a base; null of a model that a run made. */
    reference: model.artifactKind === "reference" ? model.artifact : null,
    createdAt: model.createdAt,
    promotedAt: model.promotedAt,
    sizeBytes: model.sizeBytes === null ? null : Number(model.sizeBytes),
    completionCount,
    runsFrom,
    lineage,
    files,
  };
}

async function traceLineage(modelVersionId: string) {
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
        datasetVersion: run.datasetVersion,
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
          datasetVersion: { select: { id: true, version: true, usedCount: true } },
        },
      },
    },
  });

async function countSources(datasetVersionId: string): Promise<{ labelCount: number; annotatorCount: number }> {
  const [row] = await database().$queryRaw<{ labelCount: number; annotatorCount: number }[]>`
    SELECT count(DISTINCT l."id")::int AS "labelCount", count(DISTINCT l."annotatorId")::int AS "annotatorCount"
    FROM "DatasetRecord" r
    JOIN "DatasetRecordSource" s ON s."recordId" = r."id"
    JOIN "Label" l ON l."id" = s."labelId"
    WHERE r."datasetVersionId" = ${datasetVersionId}::uuid`;
  return row ?? { labelCount: 0, annotatorCount: 0 };
}
