import { FINISHED } from "@/domain/runs/run-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { removeModelFiles } from "../models/remove-model-files";
import { removeSpareCheckpoints } from "../runs/spare-checkpoints";

/**
 * Removes now what the project's setting does not keep of the runs that have ended, and the files of archived models
 * that nothing uses. Other models and dataset versions stay.
 */
export async function cleanUp({ actor }: { actor: ProjectActor }) {
  const { projectId, userId } = requireAdmin(actor);
  const runs = await database().trainingRun.findMany({
    where: { projectId, status: { in: [...FINISHED] } },
    orderBy: { number: "asc" },
    select: { id: true },
  });
  const archived = await database().modelVersion.findMany({
    where: { projectId, archivedAt: { not: null } },
    orderBy: { id: "desc" }, // a model's children come before it, so that those removed no longer count as its use
    select: { id: true },
  });
  let bytes = 0;
  for (const { id } of runs) bytes += await removeSpareCheckpoints(id);
  for (const { id } of archived) bytes += await removeModelFiles(id);
  if (bytes > 0)
    await recordAudit(database(), {
      actorId: userId,
      projectId,
      action: "storage.cleanUp",
      subject: ["Project", projectId],
      detail: `${(bytes / 1e6).toFixed(1)} MB`,
    });
  return { bytes };
}
