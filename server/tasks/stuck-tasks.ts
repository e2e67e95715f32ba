import type { LabelKind } from "@/domain/labels/kinds";
import { type SkipReason, skipReasonSchema } from "@/domain/labels/skip-reason";
import { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";

/**
 * The condition for a member (as m) who has neither skipped nor labelled the task (as t), and can sign in. PostgreSQL would
 * turn `NOT EXISTS` into joins and read all labels of every task; a subquery with a LIMIT stays what it is, and mostly the
 * first member who is looked at is free.
 */
const IS_FREE = Prisma.sql`
  coalesce((SELECT u."deactivatedAt" IS NULL FROM "User" u WHERE u."id" = m."userId" LIMIT 1), false)
  AND coalesce((SELECT false FROM "TaskSkip" s WHERE s."taskId" = t."id" AND s."userId" = m."userId" LIMIT 1), true)
  AND coalesce((SELECT false FROM "LiveLabel" l
                WHERE l."taskId" = t."id" AND l."annotatorId" = m."userId" AND l."importId" IS NULL LIMIT 1), true)`;

const HAS_PEOPLE = Prisma.sql`EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id")`;

/**
 * The condition for an open task (as t) that nobody can do: its prompt is archived, or of the people whom it is for nobody
 * is left who has not skipped or labelled it.
 */
export const isStuck = Prisma.sql`(
  EXISTS (SELECT 1 FROM "Prompt" p WHERE p."id" = t."promptId" AND p."archivedAt" IS NOT NULL)
  OR CASE WHEN ${HAS_PEOPLE}
    THEN NOT EXISTS (SELECT 1 FROM "TaskAssignee" a
                     JOIN "Membership" m ON m."userId" = a."userId" AND m."projectId" = t."projectId"
                     WHERE a."taskId" = t."id" AND ${IS_FREE})
    ELSE NOT EXISTS (SELECT 1 FROM "Membership" m WHERE m."projectId" = t."projectId" AND ${IS_FREE})
  END)`;

/** Counts the open tasks of a project that nobody can do. */
export async function countStuckTasks(projectId: string, kind?: LabelKind): Promise<number> {
  const [row] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Task" t
    WHERE t."projectId" = ${projectId}::uuid AND t."completedAt" IS NULL AND t."archivedAt" IS NULL AND ${isStuck}
      ${kind ? Prisma.sql`AND t."kind" = ${kind}` : Prisma.empty}`;
  return row?.count ?? 0;
}

/** Why nobody can do a task. */
export interface StuckReason {
  code: "prompt_archived" | "people_left" | "passed_over" | "all_asked";
  /** How often members skipped the task for each reason, most frequent first. */
  skips: { reason: SkipReason; count: number }[];
}

/** Tells of those of these open tasks that are stuck why they are. */
export async function explainStuckTasks(taskIds: readonly string[]): Promise<Map<string, StuckReason>> {
  const rows = await database().$queryRaw<{ id: string; archived: boolean; left: boolean }[]>`
    SELECT t."id", p."archivedAt" IS NOT NULL AS "archived",
      ${HAS_PEOPLE} AND NOT EXISTS (
        SELECT 1 FROM "TaskAssignee" a JOIN "Membership" m ON m."userId" = a."userId" AND m."projectId" = t."projectId"
        JOIN "User" u ON u."id" = m."userId" AND u."deactivatedAt" IS NULL WHERE a."taskId" = t."id") AS "left"
    FROM "Task" t JOIN "Prompt" p ON p."id" = t."promptId"
    WHERE t."id" = ANY(${[...taskIds]}::uuid[]) AND t."completedAt" IS NULL AND t."archivedAt" IS NULL AND ${isStuck}`;
  const skips = await database().$queryRaw<{ taskId: string; reason: string; count: number }[]>`
    SELECT s."taskId", s."reason", count(*)::int AS "count" FROM "TaskSkip" s
    WHERE s."taskId" = ANY(${rows.map(({ id }) => id)}::uuid[]) GROUP BY 1, 2 ORDER BY 3 DESC, 2`;
  return new Map(
    rows.map(({ id, archived, left }) => {
      const own = skips
        .filter(({ taskId }) => taskId === id)
        .map(({ reason, count }) => ({ reason: skipReasonSchema.catch("other").parse(reason), count }));
      const code = archived ? "prompt_archived" : left ? "people_left" : own.length > 0 ? "passed_over" : "all_asked";
      return [id, { code, skips: own }];
    }),
  );
}
