import type { ImportStatus } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { after, pageOf } from "../database/page";
import { failureText } from "../jobs/failures";

export interface ImportRow {
  id: string;
  fileName: string;
  status: ImportStatus;
  activity: string | null;
  error: string | null;
  /** How far an import is that is not finished. */
  doneRows: number;
  doneBytes: number;
  sizeBytes: number;
  /** How the file held its rows, such as "JSONL". */
  format: string;
  createdAt: Date;
  createdBy: { id: string; name: string };
  /** Good rows of the file. */
  rowCount: number;
  /** Prompts that were new. */
  acceptedCount: number;
  duplicateCount: number;
  labelCount: number;
  /** Open tasks that were made of rows without an answer. */
  taskCount: number;
  /** Rows with a fault, which the import's report names. */
  leftOutCount: number;
}

/** Lists the project's imports, newest first. Files that were only looked at are not among them. */
export async function listImports(input: {
  actor: ProjectActor;
  cursor?: string | null;
  limit: number;
}): Promise<{ rows: ImportRow[]; nextCursor: string | null; total: number }> {
  const { projectId } = requireAdmin(input.actor);
  const [imports, total] = await Promise.all([
    database().promptImport.findMany({
      where: { AND: [{ projectId, phase: "import" }, after(input.cursor)] },
      orderBy: { id: "desc" },
      take: input.limit + 1,
      select: {
        id: true,
        fileName: true,
        status: true,
        activity: true,
        errorMessage: true,
        errorHint: true,
        doneRows: true,
        doneBytes: true,
        sizeBytes: true,
        format: true,
        createdAt: true,
        createdBy: { select: { id: true, name: true } },
        rowCount: true,
        acceptedCount: true,
        duplicateCount: true,
        labelCount: true,
        taskCount: true,
        _count: { select: { issues: true } },
      },
    }),
    database().promptImport.count({ where: { projectId, phase: "import" } }),
  ]);
  const rows = imports.map(({ _count, errorMessage, errorHint, ...row }) => ({
    ...row,
    doneBytes: Number(row.doneBytes),
    sizeBytes: Number(row.sizeBytes),
    error: failureText({ errorMessage, errorHint }),
    leftOutCount: _count.issues,
  }));
  return { ...pageOf(rows, input.limit), total };
}
