import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { cancelJob } from "../jobs/cancel-job";
import { importFile } from "../jobs/queues/import";
import { preview } from "../jobs/queues/preview";
import { removeImportFiles } from "./import-files";

/**
 * Sets an upload aside, or ends its import: nothing of it is taken in, and its file goes. Where a job is at work, the job
 * removes the file when it has stopped.
 * @throws DomainError `import-finished`, `import-not-found`
 */
export async function cancelImport({ actor, importId }: { actor: ProjectActor; importId: string }): Promise<void> {
  const { projectId } = requireAdmin(actor);
  const where = { id: importId, projectId };
  const before = await database().promptImport.findFirst({ where, select: { phase: true } });
  // A file that has been looked at waits for a person, and no job would notice that it is to end.
  await cancelJob(before?.phase === "preview" ? preview : importFile, actor, importId);
  const row = await database().promptImport.findFirst({ where, select: { status: true } });
  if (row?.status === "cancelled") await removeImportFiles(importId);
}
