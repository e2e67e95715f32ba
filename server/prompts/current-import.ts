import type { ImportPhase, ImportStatus } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";

export interface CurrentImport {
  importId: string;
  fileName: string;
  phase: ImportPhase;
  status: ImportStatus;
  /** How far the present phase is. */
  doneRows: number;
  doneBytes: number;
  sizeBytes: number;
}

/**
 * Finds the upload that a person has open in a project: the newest one that is being looked at, waits for a word, or is
 * being taken in. The dialog goes on with it after the page was loaded again.
 */
export async function currentImport(actor: ProjectActor): Promise<CurrentImport | null> {
  const { projectId, userId } = requireAdmin(actor);
  const open = { in: ["queued" as const, "running" as const, "ready" as const] };
  const row = await database().promptImport.findFirst({
    where: { projectId, createdById: userId, status: open, cancelRequestedAt: null },
    orderBy: { id: "desc" },
  });
  if (!row) return null;
  const { id, fileName, phase, status, doneRows } = row;
  return {
    importId: id,
    fileName,
    phase,
    status,
    doneRows,
    doneBytes: Number(row.doneBytes),
    sizeBytes: Number(row.sizeBytes),
  };
}
