import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { after, pageOf } from "../database/page";

export interface ImportRow {
  id: string;
  fileName: string;
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
  /** Rows with a fault, which the import's report names. */
  leftOutCount: number;
}

/** The project's imports, newest first. */
export async function listImports(input: {
  actor: ProjectActor;
  cursor?: string | null;
  limit: number;
}): Promise<{ rows: ImportRow[]; nextCursor: string | null; total: number }> {
  const { projectId } = requireAdmin(input.actor);
  const [imports, total] = await Promise.all([
    database().promptImport.findMany({
      where: { AND: [{ projectId }, after(input.cursor)] },
      orderBy: { id: "desc" },
      take: input.limit + 1,
      select: {
        id: true,
        fileName: true,
        format: true,
        createdAt: true,
        createdBy: { select: { id: true, name: true } },
        rowCount: true,
        acceptedCount: true,
        duplicateCount: true,
        labelCount: true,
        _count: { select: { issues: true } },
      },
    }),
    database().promptImport.count({ where: { projectId } }),
  ]);
  const rows = imports.map(({ _count, ...row }) => ({ ...row, leftOutCount: _count.issues }));
  return { ...pageOf(rows, input.limit), total };
}
