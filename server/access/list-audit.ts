import { database } from "../database/client";
import { after, pageOf } from "../database/page";

/** What admins did in the project, the newest first. */
export async function listAudit(input: { projectId: string; cursor?: string | null; limit: number }) {
  const rows = await database().auditEntry.findMany({
    where: { projectId: input.projectId, ...after(input.cursor) },
    orderBy: { id: "desc" },
    take: input.limit + 1,
    select: {
      ...{ id: true, action: true, subjectType: true, subjectId: true, detail: true, createdAt: true },
      actor: { select: { id: true, name: true } },
    },
  });
  return pageOf(rows, input.limit);
}
