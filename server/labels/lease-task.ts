import type { LabelKind } from "@/domain/labels/kinds";
import { AHEAD_SECONDS, LEASE_MINUTES } from "@/domain/labels/lease-times";
import { Prisma } from "@/generated/prisma/client";
import { database, type Transaction } from "../database/client";

/** The end of a lease that begins now: the page opens the task, or only fetches it ahead. */
export const leaseExpiry = (isAhead = false) =>
  Prisma.sql`now() + make_interval(secs => ${isAhead ? AHEAD_SECONDS : LEASE_MINUTES * 60}::int)`;

export interface Lease {
  taskId: string;
  expiresAt: Date;
}

export interface LeaseWish {
  projectId: string;
  userId: string;
  kind?: LabelKind;
  exclude: readonly string[];
  /** True where the task is fetched ahead and not opened yet. */
  isAhead?: boolean;
}

/** A place in the order in which tasks are given out. */
export interface TaskPlace {
  priority: number;
  createdAt: Date;
  id: string;
}

/** A lease and where the search found its task; no place where the person had the task already. */
export type Taken = Lease & { place: TaskPlace | null };

/** The condition for tasks (as t) that this person may do: nobody is named for them, or this person is. */
export const isFor = (userId: string) => Prisma.sql`(
  NOT EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id")
  OR EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id" AND a."userId" = ${userId}::uuid))`;

/** The condition for tasks (as t) that are open, whoever asks. */
export const isOpen = ({ projectId, kind }: Pick<LeaseWish, "projectId" | "kind">) => Prisma.sql`
  t."projectId" = ${projectId}::uuid AND t."completedAt" IS NULL AND t."archivedAt" IS NULL
  ${kind ? Prisma.sql`AND t."kind" = ${kind}` : Prisma.empty}`;

/** The condition for tasks (as t) that this person could be given, if there is room. */
export const openTo = (wish: LeaseWish, exclude: readonly string[]) => Prisma.sql`
  ${isOpen(wish)}
  AND t."id" <> ALL(${[...exclude]}::uuid[])
  AND EXISTS (SELECT 1 FROM "Prompt" p WHERE p."id" = t."promptId" AND p."archivedAt" IS NULL)
  AND NOT EXISTS (SELECT 1 FROM "TaskSkip" s WHERE s."taskId" = t."id" AND s."userId" = ${wish.userId}::uuid)
  AND NOT EXISTS (SELECT 1 FROM "LiveLabel" l
                  WHERE l."taskId" = t."id" AND l."annotatorId" = ${wish.userId}::uuid AND l."importId" IS NULL)
  AND ${isFor(wish.userId)}`;

/**
 * The condition for tasks (as t) with room for one more, beside the labels given and the places held by others. It reads
 * the counts on the task's own row, so a row that was waited for is judged by what its last writer left. A place that has
 * run out counts until `releaseExpired` has taken it away.
 */
export const hasRoom = (userId: string) => Prisma.sql`
  t."labelCount" + t."leaseCount" - (
    SELECT count(*) FROM "TaskLease" own WHERE own."taskId" = t."id" AND own."userId" = ${userId}::uuid
  ) < t."requiredLabels"`;

/**
 * The condition for a task (as t) whose lock is held: it has room for one more, where places that have run out do not count.
 */
export const hasRoomNow = (userId: string) => Prisma.sql`
  t."labelCount" + (SELECT count(*) FROM "TaskLease" o
    WHERE o."taskId" = t."id" AND o."userId" <> ${userId}::uuid AND o."expiresAt" > now()) < t."requiredLabels"`;

/**
 * Leases one task, or renews its lease; null where it is not open to this person. The caller holds the task's lock and
 * settles the task afterwards.
 */
export async function insertLease(tx: Transaction, wish: LeaseWish, taskId: string): Promise<Lease | null> {
  const [lease] = await tx.$queryRaw<Lease[]>`
    INSERT INTO "TaskLease" ("taskId", "userId", "expiresAt")
    SELECT t."id", ${wish.userId}::uuid, ${leaseExpiry(wish.isAhead)} FROM "Task" t
    WHERE t."id" = ${taskId}::uuid AND ${openTo(wish, [])} AND ${hasRoomNow(wish.userId)}
    ON CONFLICT ("taskId", "userId")
      DO UPDATE SET "expiresAt" = GREATEST("TaskLease"."expiresAt", excluded."expiresAt")
    RETURNING "taskId", "expiresAt"`;
  return lease ?? null;
}

/**
 * Gives the place of a task that somebody takes back to that person. It becomes the oldest of their places, so that the task
 * is the first that they are given, after a reload of the page too. The caller settles the task afterwards.
 */
export async function holdPlace(tx: Transaction, taskId: string, userId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "TaskLease" ("taskId", "userId", "expiresAt", "createdAt")
    SELECT ${taskId}::uuid, ${userId}::uuid, ${leaseExpiry()}, coalesce(min("createdAt"), now()) - interval '1 millisecond'
    FROM "TaskLease" WHERE "userId" = ${userId}::uuid
    ON CONFLICT ("taskId", "userId") DO UPDATE
      SET "expiresAt" = excluded."expiresAt", "createdAt" = excluded."createdAt"`;
}

/** How many places one statement takes back: it holds the locks of their tasks. */
const RELEASED_AT_ONCE = 1000;

/** Takes back the places of a project that have run out. Tasks that somebody else is changing wait for the next time. */
export async function releaseExpired(projectId: string): Promise<void> {
  await database().$executeRaw`
    WITH stale AS (
      SELECT h."taskId" FROM "TaskLease" h JOIN "Task" t ON t."id" = h."taskId"
      WHERE h."expiresAt" <= now() AND t."projectId" = ${projectId}::uuid LIMIT ${RELEASED_AT_ONCE}),
    locked AS (
      SELECT t."id" FROM "Task" t WHERE t."id" IN (SELECT "taskId" FROM stale) FOR NO KEY UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM "TaskLease" h USING locked WHERE h."taskId" = locked."id" AND h."expiresAt" <= now()
      RETURNING h."taskId")
    UPDATE "Task" t SET "leaseCount" = t."leaseCount" - n."count"
    FROM (SELECT "taskId", count(*)::int AS "count" FROM gone GROUP BY 1) n WHERE t."id" = n."taskId"`;
}

/**
 * Takes back places of one person, in a project or everywhere: all of them, or those of some tasks. The tasks are locked in the
 * order of their ids.
 */
export async function freePlacesOf(
  tx: Transaction,
  projectId: string | null,
  userId: string,
  taskIds?: readonly string[],
): Promise<void> {
  const mine = Prisma.sql`
    SELECT h."taskId" FROM "TaskLease" h JOIN "Task" t ON t."id" = h."taskId"
    WHERE h."userId" = ${userId}::uuid
      ${projectId === null ? Prisma.empty : Prisma.sql`AND t."projectId" = ${projectId}::uuid`}
      ${taskIds ? Prisma.sql`AND t."id" = ANY(${[...taskIds]}::uuid[])` : Prisma.empty}`;
  await tx.$executeRaw`
    WITH locked AS (SELECT t."id" FROM "Task" t WHERE t."id" IN (${mine}) ORDER BY t."id" FOR NO KEY UPDATE),
    gone AS (
      DELETE FROM "TaskLease" h USING locked WHERE h."taskId" = locked."id" AND h."userId" = ${userId}::uuid
      RETURNING h."taskId")
    UPDATE "Task" t SET "leaseCount" = t."leaseCount" - 1 FROM gone WHERE t."id" = gone."taskId"`;
}
