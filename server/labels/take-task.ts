import { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import {
  hasRoom,
  isFor,
  isOpen,
  type Lease,
  type LeaseWish,
  leaseExpiry,
  openTo,
  releaseExpired,
  type Taken,
  type TaskPlace,
} from "./lease-task";
import { searchMemory } from "./search-memory";

/** How far past a person's last task the quick search looks, counted in open tasks. */
const NEARBY = 500;
/** How many tasks the thorough search finds at once, since others may take them first. */
const CANDIDATES = 20;
const ROUNDS = 5;

/**
 * Gives the task that this person has open already, else leases the next one. The quick search begins where the person's
 * last one ended, so it does not pass over everything that the person has done. Where it finds nothing, the thorough one
 * looks through all open tasks. Null where nothing is left, which is remembered for a few seconds.
 */
export async function takeTask(wish: LeaseWish): Promise<Lease | null> {
  const memory = searchMemory(wish);
  if (memory.isReleaseDue()) await releaseExpired(wish.projectId);
  const { last } = memory;
  const near = await take(wish, last ? nearby(wish, last) : Prisma.sql`FALSE`, "SKIP LOCKED");
  if (near) return memory.found(near);
  if (memory.isExhausted()) return null;
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await thoroughSearch(wish);
    if (ids.length === 0) break;
    const named = Prisma.sql`t."id" = ANY(${ids}::uuid[])`;
    // Only where all of them are held does one wait for a row, since its holder may leave room for one more.
    const taken = (await take(wish, named, "SKIP LOCKED")) ?? (await take(wish, named, "WAIT"));
    if (taken) return memory.found(taken);
  }
  memory.exhausted();
  return null;
}

/** The condition for the open tasks (as t) from a place on, of its priority. */
function nearby(wish: LeaseWish, { priority, createdAt, id }: TaskPlace): Prisma.Sql {
  const from = Prisma.sql`${isOpen({ projectId: wish.projectId })} AND t."priority" = ${priority}::int
    AND (t."createdAt", t."id") >= (${createdAt}::timestamp, ${id}::uuid)`;
  return Prisma.sql`${from} AND (t."createdAt", t."id") <= (
    SELECT near."createdAt", near."id" FROM (
      SELECT t."createdAt", t."id" FROM "Task" t WHERE ${from} ORDER BY t."createdAt", t."id" LIMIT ${NEARBY}) near
    ORDER BY near."createdAt" DESC, near."id" DESC LIMIT 1)`;
}

/**
 * Renews the lease of a task that the person has open, else leases the first task (as t) that `where` admits. It is one
 * statement, for it is called with every label. The lock is the task's row: a row that another writer changed meanwhile
 * is judged again by its new counts before it is taken.
 */
async function take(wish: LeaseWish, where: Prisma.Sql, mode: "SKIP LOCKED" | "WAIT"): Promise<Taken | null> {
  const { userId, exclude } = wish;
  const [taken] = await database().$queryRaw<(Lease & { isOwn: boolean; priority: number; createdAt: Date })[]>`
    WITH own AS (
      UPDATE "TaskLease" SET "expiresAt" = GREATEST("expiresAt", ${leaseExpiry(wish.isAhead)})
      WHERE "userId" = ${userId}::uuid AND "expiresAt" > now() AND "taskId" = (
        SELECT t."id" FROM "Task" t JOIN "TaskLease" mine ON mine."taskId" = t."id"
        WHERE mine."userId" = ${userId}::uuid AND mine."expiresAt" > now() AND ${openTo(wish, exclude)}
        ORDER BY mine."createdAt", t."id" LIMIT 1)
      RETURNING "taskId", "expiresAt"),
    free AS (
      SELECT t."id" FROM "Task" t
      WHERE NOT EXISTS (SELECT 1 FROM own) AND ${where} AND ${openTo(wish, exclude)} AND ${hasRoom(userId)}
      ORDER BY t."priority" DESC, t."createdAt", t."id" LIMIT 1
      FOR NO KEY UPDATE OF t ${mode === "SKIP LOCKED" ? Prisma.sql`SKIP LOCKED` : Prisma.empty}),
    leased AS (
      INSERT INTO "TaskLease" ("taskId", "userId", "expiresAt") SELECT "id", ${userId}::uuid, ${leaseExpiry(wish.isAhead)} FROM free
      ON CONFLICT ("taskId", "userId")
        DO UPDATE SET "expiresAt" = GREATEST("TaskLease"."expiresAt", excluded."expiresAt")
      RETURNING "taskId", "expiresAt", xmax = 0 AS "isNew"),
    counted AS (
      UPDATE "Task" t SET "leaseCount" = t."leaseCount" + 1 FROM leased WHERE leased."isNew" AND t."id" = leased."taskId")
    SELECT x.*, t."priority", t."createdAt"
    FROM (SELECT "taskId", "expiresAt", TRUE AS "isOwn" FROM own
          UNION ALL SELECT "taskId", "expiresAt", FALSE FROM leased) x
    JOIN "Task" t ON t."id" = x."taskId"`;
  if (!taken) return null;
  const { taskId, expiresAt, isOwn, priority, createdAt } = taken;
  return { taskId, expiresAt, place: isOwn ? null : { priority, createdAt, id: taskId } };
}

/**
 * Finds the first open tasks that this person could have, in order, without a lock. What the person has done or skipped is
 * gathered first and looked up in memory: asking for it task by task took seconds for somebody who has done everything.
 */
async function thoroughSearch(wish: LeaseWish): Promise<string[]> {
  const { projectId, userId, exclude } = wish;
  const rows = await database().$queryRaw<{ id: string }[]>`
    WITH touched AS MATERIALIZED (
      SELECT l."taskId" FROM "LiveLabel" l
      WHERE l."annotatorId" = ${userId}::uuid AND l."projectId" = ${projectId}::uuid AND l."importId" IS NULL
      UNION ALL SELECT s."taskId" FROM "TaskSkip" s WHERE s."userId" = ${userId}::uuid
      UNION ALL SELECT unnest(${[...exclude]}::uuid[]))
    SELECT t."id" FROM "Task" t
    WHERE ${isOpen(wish)} AND t."id" NOT IN (SELECT "taskId" FROM touched) AND ${hasRoom(userId)}
      AND EXISTS (SELECT 1 FROM "Prompt" p WHERE p."id" = t."promptId" AND p."archivedAt" IS NULL)
      AND ${isFor(userId)}
    ORDER BY t."priority" DESC, t."createdAt", t."id" LIMIT ${CANDIDATES}`;
  return rows.map(({ id }) => id);
}
