import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { importFile } from "../jobs/queues/import";
import { openImportBytes } from "./import-files";
import { queueImport } from "./queue-import";

/**
 * Has a file taken in again whose import failed.
 * @throws DomainError `import-file-gone` where the file has been removed meanwhile, `import-not-ready-conflict`
 */
export async function retryImport({ actor, importId }: { actor: ProjectActor; importId: string }): Promise<void> {
  const { projectId } = requireAdmin(actor);
  await database().$transaction(async (tx) => {
    const row = await importFile.lock(tx, { id: importId, projectId });
    if (row.phase !== "import" || row.status !== "failed")
      throw new DomainError("import-not-ready-conflict", `${importId} is ${row.status}`, "This import has not failed.");
    await openImportBytes(importId);
    await queueImport(tx, importId, "import");
  });
}
