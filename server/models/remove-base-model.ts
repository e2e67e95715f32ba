import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { type Database, database } from "../database/client";
import { findModel } from "./find-model";

/**
 * Takes a base out of the project from which nothing was made, such as one that was added by mistake. Its files stay where
 * they are, since they don't belong to the instance.
 * @throws DomainError `model-not-found`, `model-in-use`
 */
export async function removeBaseModel({ actor, modelVersionId }: { actor: ProjectActor; modelVersionId: string }) {
  const { projectId, userId } = requireAdmin(actor);
  await endReading(projectId, modelVersionId);
  return database().$transaction(async (tx) => {
    // Whatever would begin to use the base waits for the lock, and finds it gone.
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${modelVersionId}::uuid FOR UPDATE`;
    const model = await findModel(tx, projectId, modelVersionId);
    const use = await findAnyUse(tx, model);
    if (use) throw new DomainError("model-in-use", `${model.id} ${use}`, `“${model.name}” ${use}, so it stays.`);
    await tx.modelInspection.deleteMany({ where: { modelVersionId } });
    await tx.modelVersion.delete({ where: { id: modelVersionId } });
    const subject: [string, string] = ["ModelVersion", modelVersionId];
    const detail = `${model.name}: ${model.artifact}`;
    await recordAudit(tx, { actorId: userId, projectId, action: "models.removeBase", subject, detail });
    return { name: model.name, reference: model.artifact };
  });
}

const PATIENCE_MILLISECONDS = 5_000;

/**
 * Ends a reading of the base's files that is under way, which may be fetching them.
 * @throws DomainError `model-in-use` where it takes longer than a person should wait
 */
async function endReading(projectId: string, modelVersionId: string): Promise<void> {
  const model = await findModel(database(), projectId, modelVersionId);
  if ((await findAnyUse(database(), model)) !== null) return; // the base stays, and so does its reading
  const running = { modelVersionId, status: "running" as const };
  await database().modelInspection.updateMany({ where: running, data: { cancelRequestedAt: new Date() } });
  for (const until = Date.now() + PATIENCE_MILLISECONDS; Date.now() < until; ) {
    if ((await database().modelInspection.count({ where: running })) === 0) return;
    await pause(200);
  }
  const words = `“${model.name}” is being read, and the reading was asked to end. Try again in a moment.`;
  throw new DomainError("model-in-use", `${model.id} is being read`, words);
}

/** Says what keeps a model from being removed for good, in words that go on after its name; null where nothing does. */
export async function findAnyUse(
  db: Database,
  { id, projectId }: { id: string; projectId: string },
): Promise<string | null> {
  const one = { take: 1, select: { id: true } } as const;
  const [model, others] = await Promise.all([
    db.modelVersion.findUniqueOrThrow({
      where: { id },
      select: {
        ...{ artifactKind: true, promotedAt: true, children: one, runsFrom: one, runsScored: one, generations: one },
        ...{ comparedIn: one, scoredIn: one, scorings: one, exports: one, completions: one, evaluations: one },
        rewardScores: { take: 1, select: { completionId: true } },
      },
    }),
    db.modelVersion.findFirst({ where: { projectId, id: { not: id }, archivedAt: null }, select: { id: true } }),
  ]);
  if (model.artifactKind !== "reference") return "was made by a run";
  if (model.promotedAt) return "is or was the promoted model";
  if (model.children.length > 0 || model.runsFrom.length > 0) return "is what a run starts from";
  if (model.runsScored.length > 0) return "is the reward model of a run";
  if (model.completions.length > 0) return "has written completions";
  if (model.generations.length + model.comparedIn.length + model.scoredIn.length > 0)
    return "was asked for completions";
  if (model.scorings.length + model.rewardScores.length > 0) return "has scored completions";
  if (model.evaluations.length > 0) return "has been evaluated";
  if (model.exports.length > 0) return "has been exported";
  return others === null ? "is the project's only model" : null;
}
