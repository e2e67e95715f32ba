import type { Database } from "../database/client";

export interface AuditInput {
  actorId: string;
  projectId?: string;
  /** The procedure's name, as in `prompts.import`. */
  action: string;
  /** Table and id of what it was done to. */
  subject: [type: string, id: string];
  /** One line for a person, without secrets. */
  detail?: string;
}

/** Keeps who did what as an admin. Part of the caller's transaction: no act without its entry, no entry without its act. */
export async function recordAudit(db: Database, { actorId, projectId, action, subject, detail }: AuditInput) {
  await db.auditEntry.create({
    data: { actorId, projectId, action, subjectType: subject[0], subjectId: subject[1], detail },
  });
}
