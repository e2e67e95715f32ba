import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { importFile } from "../jobs/queues/import";
import { ImportRefused } from "./import-refused";
import { previewOf } from "./import-row";
import { queueImport } from "./queue-import";

export interface StartImportInput {
  actor: ProjectActor;
  importId: string;
  /** True where the answers beside the prompts become labels. */
  takeAnswers: boolean;
  /** True where rows with a fault are left out, and kept in the import's report, instead of refusing the file. */
  leaveOut: boolean;
}

/**
 * Has a file taken in that was looked at: all of it, or with `leaveOut` all but the rows with a fault.
 * @throws ImportRefused where a row has a fault and is not to be left out, no row is left, or the file is too large as a whole
 * @throws DomainError `import-not-ready-conflict` where it is not looked at, or taken in already
 */
export async function startImport({ actor, importId, takeAnswers, leaveOut }: StartImportInput): Promise<void> {
  const { projectId } = requireAdmin(actor);
  await database().$transaction(async (tx) => {
    const row = await importFile.lock(tx, { id: importId, projectId });
    const found = row.phase === "preview" && row.status === "ready" ? previewOf(row) : null;
    if (!found)
      throw new DomainError(
        "import-not-ready-conflict",
        `${importId} is ${row.status} in its ${row.phase}`,
        row.phase === "import" ? "This file is being imported, or has been." : "This file is still being read.",
      );
    if (found.issueCount > 0 && !(leaveOut && found.canLeaveOut))
      throw new ImportRefused(row.fileName, found.issues, found.issueCount);
    await tx.promptImport.update({ where: { id: importId }, data: { takeAnswers, leaveOut } });
    await queueImport(tx, importId, "import");
  });
}
