import { database } from "../database/client";
import { after, pageOf } from "../database/page";
import { type ProjectActor, requireAdmin } from "./actor";

/** Lists what admins did in the project, newest first. */
export async function listAudit(input: { actor: ProjectActor; cursor?: string | null; limit: number }) {
  const { projectId } = requireAdmin(input.actor);
  const rows = await database().auditEntry.findMany({
    where: { projectId: projectId, ...after(input.cursor) },
    orderBy: { id: "desc" },
    take: input.limit + 1,
    select: {
      id: true,
      action: true,
      subjectType: true,
      subjectId: true,
      detail: true,
      createdAt: true,
      actor: { select: { id: true, name: true } },
    },
  });
  return pageOf(rows, input.limit);
}
