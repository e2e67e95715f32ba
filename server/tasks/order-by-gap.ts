import type { LabelKind } from "@/domain/labels/kinds";
import { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import type { TaskStatus } from "./task-status";

/** The order: with `closest` the model can hardly tell the completions apart, with `widest` it is surest. */
export type GapOrder = "closest" | "widest";

const STATUS: Record<TaskStatus, Prisma.Sql> = {
  open: Prisma.sql`AND t."archivedAt" IS NULL AND t."completedAt" IS NULL`,
  done: Prisma.sql`AND t."archivedAt" IS NULL AND t."completedAt" IS NOT NULL`,
  archived: Prisma.sql`AND t."archivedAt" IS NOT NULL`,
};

/**
 * Lists the ids of tasks by the gap between the highest and the lowest score of their completions. Tasks without all
 * scores come last in either order. The cursor is the last task of the page before.
 */
export async function idsByGap(input: {
  projectId: string;
  rewardModelId: string;
  order: GapOrder;
  limit: number;
  cursor?: string | null;
  kind?: LabelKind;
  status?: TaskStatus;
  promptId?: string;
  ids?: readonly string[];
}): Promise<string[]> {
  const { projectId, rewardModelId, order, limit, cursor, kind, status, promptId, ids } = input;
  const sign = order === "closest" ? 1 : -1;
  const place = Prisma.sql`(SELECT "place" FROM placed WHERE "id" = ${cursor}::uuid)`;
  const rows = await database().$queryRaw<{ id: string }[]>`
    WITH placed AS (
      SELECT t."id",
        CASE WHEN count(s."score") > 1 AND count(s."score") = count(tc."completionId")
          THEN ${sign}::float8 * (max(s."score") - min(s."score")) ELSE 'Infinity'::float8 END AS "place"
      FROM "Task" t
      LEFT JOIN "TaskCompletion" tc ON tc."taskId" = t."id"
      LEFT JOIN "RewardScore" s ON s."completionId" = tc."completionId" AND s."modelVersionId" = ${rewardModelId}::uuid
      WHERE t."projectId" = ${projectId}::uuid
      GROUP BY t."id"
    )
    SELECT t."id" FROM "Task" t JOIN placed p ON p."id" = t."id"
    WHERE true ${status ? STATUS[status] : Prisma.empty}
      ${kind ? Prisma.sql`AND t."kind" = ${kind}` : Prisma.empty}
      ${promptId ? Prisma.sql`AND t."promptId" = ${promptId}::uuid` : Prisma.empty}
      ${ids ? Prisma.sql`AND t."id" = ANY(${ids}::uuid[])` : Prisma.empty}
      ${cursor ? Prisma.sql`AND (p."place" > ${place} OR (p."place" = ${place} AND t."id" < ${cursor}::uuid))` : Prisma.empty}
    ORDER BY p."place", t."id" DESC
    LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
