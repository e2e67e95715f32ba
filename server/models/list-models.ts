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
      inspections: {
        orderBy: { createdAt: "desc" },
        take: 1,
        select: { status: true, facts: { where: { isNotice: true }, select: { position: true } } },
      },
    },
  });
  const counts = await database().$queryRaw<{ id: string; count: number }[]>`
    SELECT "modelVersionId" AS "id", count(*)::int AS "count" FROM "Completion"
    WHERE "modelVersionId" = ANY(${models.map(({ id }) => id)}::uuid[]) GROUP BY "modelVersionId"`;
  const completions = new Map(counts.map(({ id, count }) => [id, count]));
  return models.map(({ inspections: [inspection], parent, trainingRun, ...model }) => ({
    id: model.id,
    name: model.name,
    kind: model.kind,
    artifactKind: model.artifactKind,
    parent,
    run: trainingRun,
    createdAt: model.createdAt,
    promotedAt: model.promotedAt,
    sizeBytes: model.sizeBytes === null ? null : Number(model.sizeBytes),
    completionCount: completions.get(model.id) ?? 0,
    /** The number of notices about its files, as they were last read. */
    noticeCount: inspection?.facts.length ?? 0,
    /** Whether the trainer could not use its files when it last read them. */
    isUnreadable: inspection?.status === "failed",
  }));
}
