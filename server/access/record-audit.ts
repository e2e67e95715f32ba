import type { Database } from "../database/client";

export interface AuditInput {
  actorId: string;
  projectId?: string;
  /** The procedure's name, as in `prompts.import`. */
  action: string;
  /** The table and the id of what was changed. */
  subject: [type: string, id: string];
  /** One line for a person, without secrets. */
  detail?: string;
}

/** Records what an admin did, in the caller's transaction: no act without its entry, no entry without its act. */
export async function recordAudit(db: Database, { actorId, projectId, action, subject, detail }: AuditInput) {
  await db.auditEntry.create({
    data: { actorId, projectId, action, subjectType: subject[0], subjectId: subject[1], detail },
  });
}
