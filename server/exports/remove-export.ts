import { rm } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { exportModel } from "../jobs/queues/export";
import { exportFolder } from "./export-row";

/**
 * Removes the files of an export that has ended; the export can be made again at any time.
 * @throws DomainError `export-unfinished`, `export-not-found`
 */
export async function removeExport({ actor, exportId }: { actor: ProjectActor; exportId: string }) {
  const { projectId } = requireAdmin(actor);
  await database().$transaction(async (tx) => {
    const { id, status } = await exportModel.lock(tx, { id: exportId, projectId });
    if (!exportModel.isAtRest(status))
      throw new DomainError(
        "export-unfinished",
        `${id} is ${status}`,
        "This export is still being made. Stop it first.",
      );
    await tx.modelExport.delete({ where: { id } });
    await rm(exportFolder(id), { recursive: true, force: true });
  });
  return { exportId };
}
