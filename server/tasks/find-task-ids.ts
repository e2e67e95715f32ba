import type { LabelKind } from "@/domain/labels/kinds";
import { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { isStuck } from "./stuck-tasks";
import type { TaskStatus } from "./task-status";

/** A status, where `open` are the tasks that somebody can do, and `stuck` the others that are neither done nor archived. */
export type ListedStatus = TaskStatus | "stuck";

/**
 * The order: with `closest` the reward model can hardly tell a task's completions apart, with `widest` it is surest. Tasks
 * without all scores come last in either, newest first.
 */
export type TaskOrder = "newest" | "closest" | "widest";

export interface TaskScope {
  projectId: string;
  kind?: LabelKind;
  promptId?: string;
  /** A reward model: only tasks in which it and the people order a pair differently, as it was last measured. */
  disagreedWith?: string | undefined;
}

const IS_OPEN = Prisma.sql`t."archivedAt" IS NULL AND t."completedAt" IS NULL`;

const STATUS: Record<ListedStatus, Prisma.Sql> = {
  open: Prisma.sql`${IS_OPEN} AND NOT ${isStuck}`,
  done: Prisma.sql`t."archivedAt" IS NULL AND t."completedAt" IS NOT NULL`,
  archived: Prisma.sql`t."archivedAt" IS NOT NULL`,
  stuck: Prisma.sql`${IS_OPEN} AND ${isStuck}`,
};

/** The condition for the tasks (as t) that a page is about. */
const inScope = ({ projectId, kind, promptId, disagreedWith }: TaskScope) => Prisma.sql`
  t."projectId" = ${projectId}::uuid
  ${kind ? Prisma.sql`AND t."kind" = ${kind}` : Prisma.empty}
  ${promptId ? Prisma.sql`AND t."promptId" = ${promptId}::uuid` : Prisma.empty}
  ${disagreedWith ? differing(disagreedWith) : Prisma.empty}`;

const differing = (rewardModelId: string) => Prisma.sql`AND EXISTS (
  SELECT 1 FROM "RewardDisagreement" d WHERE d."taskId" = t."id" AND d."modelVersionId" = ${rewardModelId}::uuid)`;

/** The condition for the tasks (as t) of a scope and, where one is named, a status. */
export const tasksOf = (scope: TaskScope, status: ListedStatus | undefined): Prisma.Sql =>
  Prisma.sql`${inScope(scope)} ${status ? Prisma.sql`AND ${STATUS[status]}` : Prisma.empty}`;

type Page = {
  scope: TaskScope;
  status: ListedStatus | undefined;
  cursor: string | null | undefined;
  limit: number;
};

/** Finds the ids of a page of tasks in order. The cursor is the last task of the page before; no page counts the others. */
export async function findTaskIds(page: Page & { order: TaskOrder; rewardModelId: string | undefined }) {
  const { rewardModelId, order, cursor } = page;
  if (rewardModelId === undefined || order === "newest") return newest(page, Prisma.empty);
  const gap = cursor ? await gapOf(rewardModelId, cursor) : null;
  const scored = cursor && gap === null ? [] : await byGap(page, { rewardModelId, order, gap });
  if (scored.length >= page.limit) return scored;
  const unscored = Prisma.sql`AND NOT EXISTS (
    SELECT 1 FROM "RewardGap" g WHERE g."taskId" = t."id" AND g."modelVersionId" = ${rewardModelId}::uuid)`;
  const rest = { ...page, limit: page.limit - scored.length, cursor: gap === null ? cursor : null };
  return [...scored, ...(await newest(rest, unscored))];
}

async function newest({ scope, status, cursor, limit }: Page, also: Prisma.Sql): Promise<string[]> {
  const rows = await database().$queryRaw<{ id: string }[]>`
    SELECT t."id" FROM "Task" t WHERE ${tasksOf(scope, status)} ${also}
      ${cursor ? Prisma.sql`AND t."id" < ${cursor}::uuid` : Prisma.empty}
    ORDER BY t."id" DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

async function gapOf(modelVersionId: string, taskId: string): Promise<number | null> {
  const row = await database().rewardGap.findUnique({ where: { modelVersionId_taskId: { modelVersionId, taskId } } });
  return row?.gap ?? null;
}

async function byGap(
  { scope, status, cursor, limit }: Page,
  { rewardModelId, order, gap }: { rewardModelId: string; order: "closest" | "widest"; gap: number | null },
): Promise<string[]> {
  const [direction, beyond] =
    order === "closest" ? [Prisma.sql`ASC`, Prisma.sql`>`] : [Prisma.sql`DESC`, Prisma.sql`<`];
  const isNext =
    gap === null ? Prisma.empty : Prisma.sql`AND (g."gap", g."taskId") ${beyond} (${gap}::float8, ${cursor}::uuid)`;
  const rows = await database().$queryRaw<{ id: string }[]>`
    SELECT t."id" FROM "RewardGap" g JOIN "Task" t ON t."id" = g."taskId"
    WHERE g."modelVersionId" = ${rewardModelId}::uuid ${isNext} AND ${tasksOf(scope, status)}
    ORDER BY g."gap" ${direction}, g."taskId" ${direction} LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
