import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { preview } from "../jobs/queues/preview";
import type { ColumnMapping } from "./import-limits";
import { queueImport } from "./queue-import";

/**
 * Gives columns of an uploaded file their roles and has the file looked at anew. A look that is going on begins again.
 * @throws DomainError `import-not-ready-conflict` where the file is taken in already, or was discarded
 */
export async function remapImport(input: {
  actor: ProjectActor;
  importId: string;
  mapping: ColumnMapping;
}): Promise<void> {
  const { projectId } = requireAdmin(input.actor);
  const { importId, mapping } = input;
  await database().$transaction(async (tx) => {
    const row = await preview.lock(tx, { id: importId, projectId });
    if (row.phase !== "preview" || row.status === "cancelled" || row.cancelRequestedAt)
      throw new DomainError(
        "import-not-ready-conflict",
        `${importId} is ${row.status} in its ${row.phase}`,
        "This file is being imported, or was set aside. Upload it again to read it in another way.",
      );
    await tx.promptImport.update({ where: { id: importId }, data: { mapping, mappingVersion: { increment: 1 } } });
    if (preview.isAtRest(row.status)) await queueImport(tx, importId, "preview");
  });
}
