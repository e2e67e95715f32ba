import type { LabelKind } from "@/domain/labels/kinds";
import { Prisma } from "@/generated/prisma/client";
import { database, type Transaction } from "../database/client";

/** After this many minutes a task that somebody opened is free again, unless the page has renewed the lease. */
export const LEASE_MINUTES = 30;
const expiry = Prisma.sql`now() + make_interval(mins => ${LEASE_MINUTES}::int)`;

export interface Lease {
  taskId: string;
  expiresAt: Date;
}

export interface LeaseWish {
  projectId: string;
  userId: string;
  kind?: LabelKind;
  exclude: readonly string[];
}

/** The condition for tasks (as t) that this person may do: nobody is named for them, or this person is. */
export const isFor = (userId: string) => Prisma.sql`(
  NOT EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id")
  OR EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id" AND a."userId" = ${userId}::uuid))`;

/** The condition for tasks (as t) that this person could be given, if there is room. */
export const openTo = ({ projectId, userId, kind }: LeaseWish, exclude: readonly string[]) => Prisma.sql`
  t."projectId" = ${projectId}::uuid AND t."completedAt" IS NULL AND t."archivedAt" IS NULL
  AND t."id" <> ALL(${[...exclude]}::uuid[])
  ${kind ? Prisma.sql`AND t."kind" = ${kind}` : Prisma.empty}
  AND EXISTS (SELECT 1 FROM "Prompt" p WHERE p."id" = t."promptId" AND p."archivedAt" IS NULL)
  AND NOT EXISTS (SELECT 1 FROM "TaskSkip" s WHERE s."taskId" = t."id" AND s."userId" = ${userId}::uuid)
  AND NOT EXISTS (SELECT 1 FROM "LiveLabel" l
                  WHERE l."taskId" = t."id" AND l."annotatorId" = ${userId}::uuid AND l."importId" IS NULL)
  AND ${isFor(userId)}`;

/** The condition for tasks (as t) with room for one more, beside the labels given and the places held by others. */
export const hasRoom = (userId: string) => Prisma.sql`
  (SELECT count(*) FROM "LiveLabel" l WHERE l."taskId" = t."id")
  + (SELECT count(*) FROM "TaskLease" o
     WHERE o."taskId" = t."id" AND o."userId" <> ${userId}::uuid AND o."expiresAt" > now()) < t."requiredLabels"`;

/** Finds a task that this person has opened already and not finished, and renews its lease. */
export async function findOwnLease(wish: LeaseWish): Promise<Lease | null> {
  const [lease] = await database().$queryRaw<Lease[]>`
    UPDATE "TaskLease" SET "expiresAt" = ${expiry}
    WHERE "userId" = ${wish.userId}::uuid AND "expiresAt" > now() AND "taskId" = (
      SELECT t."id" FROM "Task" t JOIN "TaskLease" mine ON mine."taskId" = t."id"
      WHERE mine."userId" = ${wish.userId}::uuid AND mine."expiresAt" > now() AND ${openTo(wish, wish.exclude)}
      ORDER BY mine."createdAt", t."id" LIMIT 1)
    RETURNING "taskId", "expiresAt"`;
  return lease ?? null;
}

/**
 * Leases the next open task. Concurrent callers pass over each other's rows (SKIP LOCKED); only where nothing else is
 * left does one wait for a row, since its holder may leave room for one more.
 */
export async function takeLease(wish: LeaseWish): Promise<Lease | null> {
  const tried: string[] = [];
  for (;;) {
    const outcome = (await tryLease(wish, tried, "SKIP LOCKED")) ?? (await tryLease(wish, tried, "WAIT"));
    if (outcome === null) return null;
    if ("expiresAt" in outcome) return outcome;
    tried.push(outcome.full);
  }
}

async function tryLease(
  wish: LeaseWish,
  tried: readonly string[],
  mode: "SKIP LOCKED" | "WAIT",
): Promise<Lease | { full: string } | null> {
  return database().$transaction(async (tx) => {
    const [task] = await tx.$queryRaw<{ id: string }[]>`
      SELECT t."id" FROM "Task" t
      WHERE ${openTo(wish, [...wish.exclude, ...tried])} AND ${hasRoom(wish.userId)}
      ORDER BY t."priority" DESC, t."createdAt", t."id" LIMIT 1
      FOR NO KEY UPDATE OF t ${mode === "SKIP LOCKED" ? Prisma.sql`SKIP LOCKED` : Prisma.empty}`;
    if (!task) return null;
    return (await insertLease(tx, wish, task.id)) ?? { full: task.id };
  });
}

/**
 * Leases one task, or renews its lease; null where it is not open to this person. The caller holds the task's lock. The
 * search counted in a snapshot from before it got the lock, so the count is taken here, where nobody can change it any
 * more.
 */
export async function insertLease(tx: Transaction, wish: LeaseWish, taskId: string): Promise<Lease | null> {
  const [lease] = await tx.$queryRaw<Lease[]>`
    INSERT INTO "TaskLease" ("taskId", "userId", "expiresAt")
    SELECT t."id", ${wish.userId}::uuid, ${expiry} FROM "Task" t
    WHERE t."id" = ${taskId}::uuid AND ${openTo(wish, [])} AND ${hasRoom(wish.userId)}
    ON CONFLICT ("taskId", "userId") DO UPDATE SET "expiresAt" = excluded."expiresAt"
    RETURNING "taskId", "expiresAt"`;
  return lease ?? null;
}

/** Gives the place that a withdrawn label held back to its annotator. */
export async function holdPlace(tx: Transaction, taskId: string, userId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "TaskLease" ("taskId", "userId", "expiresAt") VALUES (${taskId}::uuid, ${userId}::uuid, ${expiry})
    ON CONFLICT ("taskId", "userId") DO UPDATE SET "expiresAt" = excluded."expiresAt"`;
}
