import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { findModel } from "./find-model";
import { listModelFiles } from "./model-files";
import { findAnyUse } from "./remove-base-model";
import { traceLineage } from "./trace-lineage";

/**
 * Reads a model with its descent: one entry a model from this one back to its base, each with the run that made it, the
 * dataset version the run learned from, and how many labels of how many people that held.
 */
export async function getModel({ actor, modelVersionId }: { actor: ProjectActor; modelVersionId: string }) {
  const { projectId } = requireAdmin(actor);
  const model = await findModel(database(), projectId, modelVersionId);
  const [lineage, completionCount, runsFrom, files, keptBecause] = await Promise.all([
    traceLineage(model.id),
    database().completion.count({ where: { modelVersionId } }),
    database().trainingRun.findMany({
      where: { baseModelVersionId: modelVersionId },
      orderBy: { number: "asc" },
      select: { id: true, number: true, method: true, status: true },
    }),
    listModelFiles(model),
    findAnyUse(database(), model),
  ]);
  return {
    id: model.id,
    name: model.name,
    kind: model.kind,
    artifactKind: model.artifactKind,
    /** The catalogue name, hub id or path of a base; null for a model that a run made. */
    reference: model.artifactKind === "reference" ? model.artifact : null,
    createdAt: model.createdAt,
    promotedAt: model.promotedAt,
    archivedAt: model.archivedAt,
    filesRemovedAt: model.filesRemovedAt,
    sizeBytes: model.sizeBytes === null ? null : Number(model.sizeBytes),
    completionCount,
    /** Whether this is a base from which nothing was made, so that it can be taken out of the project. */
    isRemovable: keptBecause === null,
    runsFrom,
    lineage,
    files,
  };
}
