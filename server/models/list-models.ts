import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";

/** Lists all models of a project, newest first, bases at the end. */
export async function listModels(actor: ProjectActor) {
  const { projectId } = requireAdmin(actor);
  const models = await database().modelVersion.findMany({
    where: { projectId, archivedAt: null },
    orderBy: { createdAt: "desc" },
    include: {
      parent: { select: { id: true, name: true } },
      trainingRun: { select: { id: true, number: true, method: true } },
      _count: { select: { completions: true } },
    },
  });
  return models.map(({ _count, parent, trainingRun, ...model }) => ({
    id: model.id,
    name: model.name,
    kind: model.kind,
    artifactKind: model.artifactKind,
    parent,
    run: trainingRun,
    createdAt: model.createdAt,
    promotedAt: model.promotedAt,
    sizeBytes: model.sizeBytes === null ? null : Number(model.sizeBytes),
    completionCount: _count.completions,
  }));
}
