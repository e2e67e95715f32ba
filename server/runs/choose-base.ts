import { type Method, methodNamed, methodOf } from "@/domain/runs/methods";
import type { ModelVersion } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { findLanguageModel, findModel } from "../models/find-model";

/**
 * Lists the models that a run of this method may start from, newest first: all that write, and for a reward model also
 * one that scores already, if it is a single model.
 */
export async function listBases(db: Database, projectId: string, method: Method): Promise<ModelVersion[]> {
  const models = await db.modelVersion.findMany({
    where: {
      projectId,
      kind: { in: methodOf(method).makes === "reward" ? ["base", "policy", "reward"] : ["base", "policy"] },
      archivedAt: null,
    },
    orderBy: { createdAt: "desc" },
    include: { trainingRun: { select: { configuration: true } } },
  });
  return models.filter(({ trainingRun }) => !isEnsemble(trainingRun?.configuration));
}

const isEnsemble = (configuration: unknown): boolean =>
  Number((configuration as { ensemble?: unknown } | undefined)?.ensemble ?? 1) > 1;

/**
 * Chooses the model that a run starts from: the one asked for, else the one promoted last, else the first base. The
 * newest would not do: a dataset version holds all labels again, and an unpromoted experiment would be trained on them
 * twice.
 */
export async function chooseBase(
  db: Database,
  { projectId, modelVersionId, method }: { projectId: string; modelVersionId?: string; method?: Method },
): Promise<ModelVersion> {
  if (modelVersionId)
    return method && methodOf(method).makes === "reward"
      ? findModel(db, projectId, modelVersionId)
      : findLanguageModel(db, projectId, modelVersionId);
  const promoted = await db.modelVersion.findFirst({
    where: { projectId, kind: { in: ["base", "policy"] }, promotedAt: { not: null }, archivedAt: null },
    orderBy: { promotedAt: "desc" },
  });
  return (
    promoted ??
    db.modelVersion.findFirstOrThrow({
      where: { projectId, kind: "base", archivedAt: null },
      orderBy: { createdAt: "asc" },
    })
  );
}

/** Tells whether this model, or one that it came from, was made by imitating demonstrations. */
export async function learnedToImitate(db: Database, model: ModelVersion): Promise<boolean> {
  const seen = new Set<string>();
  for (let id: string | null = model.id; id && !seen.has(id); ) {
    seen.add(id);
    const step: { parentId: string | null; trainingRun: { method: string } | null } =
      await db.modelVersion.findUniqueOrThrow({
        where: { id },
        select: { parentId: true, trainingRun: { select: { method: true } } },
      });
    if (step.trainingRun && methodNamed(step.trainingRun.method)?.learnsFrom === "demonstration") return true;
    id = step.parentId;
  }
  return false;
}
