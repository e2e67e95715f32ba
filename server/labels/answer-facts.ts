import { DomainError } from "@/domain/errors";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { Transaction } from "../database/client";
import type { LockedTask } from "../tasks/lock-task";
import { hasRoomNow, isFor } from "./lease-task";

/** What an answer to a task is checked by. */
export interface AnswerFacts {
  /** The completions of the task, in the task's own order. */
  completionIds: string[];
  /** The criteria of the task's rubric; null where it has none. */
  criterionIds: string[] | null;
  /** The label that this very submission gave before, where the client did not hear of it and sends it again. */
  earlier: { id: string; taskId: string; supersedesId: string | null } | null;
  /** The live label that the person has given to the task. */
  mine: string | null;
  /**
   * Whether the person holds a place: it is theirs while the lease runs, and afterwards if nobody else has taken it and the
   * task is still for this person.
   */
  hasPlace: boolean;
  /** The guidelines in force now. */
  guidelineVersionId: string | null;
}

/**
 * Reads all that an answer is checked by, in one statement, since it is read with every label. The caller holds the task's
 * lock, so nothing of it changes before the answer is written.
 * @throws DomainError `idempotency-key-conflict` where the key was used for another task
 */
export async function readAnswerFacts(
  tx: Transaction,
  { projectId, userId, task }: { projectId: string; userId: string; task: LockedTask },
  { idempotencyKey }: LabelSubmission,
): Promise<AnswerFacts> {
  const [facts] = await tx.$queryRaw<AnswerFacts[]>`
    SELECT
      (SELECT coalesce(json_agg(c."completionId" ORDER BY c."position"), '[]')
       FROM "TaskCompletion" c WHERE c."taskId" = t."id") AS "completionIds",
      CASE WHEN t."rubricId" IS NOT NULL THEN (
        SELECT coalesce(json_agg(c."id"), '[]') FROM "Criterion" c WHERE c."rubricId" = t."rubricId"
      ) END AS "criterionIds",
      (SELECT json_build_object('id', l."id", 'taskId', l."taskId", 'supersedesId', l."supersedesId")
       FROM "Label" l WHERE l."annotatorId" = ${userId}::uuid AND l."idempotencyKey" = ${idempotencyKey}::uuid
      ) AS "earlier",
      (SELECT l."id" FROM "LiveLabel" l
       WHERE l."taskId" = t."id" AND l."annotatorId" = ${userId}::uuid AND l."importId" IS NULL) AS "mine",
      (EXISTS (SELECT 1 FROM "TaskLease" m WHERE m."taskId" = t."id" AND m."userId" = ${userId}::uuid
               AND m."expiresAt" > now())
       OR (${hasRoomNow(userId)} AND ${isFor(userId)})) AS "hasPlace",
      (SELECT g."id" FROM "GuidelineVersion" g WHERE g."projectId" = ${projectId}::uuid
       ORDER BY g."version" DESC LIMIT 1) AS "guidelineVersionId"
    FROM "Task" t WHERE t."id" = ${task.id}::uuid`;
  if (!facts) throw new Error(`task ${task.id} is gone`);
  const { earlier } = facts;
  if (earlier && earlier.taskId !== task.id)
    throw new DomainError(
      "idempotency-key-conflict",
      `key ${idempotencyKey} belongs to task ${earlier.taskId}`,
      "This answer was already sent for another task.",
    );
  return facts;
}
