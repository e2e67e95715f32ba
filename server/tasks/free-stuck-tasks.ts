import { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { forgetSearches } from "../labels/search-memory";
import { isStuck } from "./stuck-tasks";

/** What an admin does with all tasks that nobody can do. */
export type StuckAct = "give_to_everyone" | "offer_again" | "archive";

const LONG = { timeout: 120_000 };

/**
 * Does one thing to every stuck task of the project for which it means something: tasks for named people become everyone's;
 * skips are forgotten, so that the tasks are offered again; or the tasks are archived. Each is one statement, and a task
 * stays stuck where that was not the reason.
 *
 * @returns the number of tasks that changed, and how many are stuck still
 */
export async function freeStuckTasks(input: {
  actor: ProjectActor;
  act: StuckAct;
}): Promise<{ changed: number; stillStuck: number }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const freed = await database().$transaction(async (tx) => {
    // Each task is locked, as by everything that changes who may do one.
    const stuck = Prisma.sql`
      SELECT t."id" FROM "Task" t
      WHERE t."projectId" = ${projectId}::uuid AND t."completedAt" IS NULL AND t."archivedAt" IS NULL AND ${isStuck}`;
    const [row] = await tx.$queryRaw<{ changed: number }[]>`
      WITH stuck AS MATERIALIZED (${stuck} ORDER BY t."id" FOR NO KEY UPDATE OF t),
      changed AS (${ACTS[input.act]})
      SELECT count(DISTINCT "id")::int AS "changed" FROM changed`;
    const [left] = await tx.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS "count" FROM (${stuck}) AS stuck`;
    const changed = row?.changed ?? 0;
    const detail = `${input.act.replaceAll("_", " ")}: ${changed} stuck ${changed === 1 ? "task" : "tasks"}`;
    const subject: [string, string] = ["Project", projectId];
    await recordAudit(tx, { actorId: userId, projectId, action: "tasks.freeStuck", subject, detail });
    return { changed, stillStuck: left?.count ?? 0 };
  }, LONG);
  forgetSearches(projectId);
  return freed;
}

/** The act on each row of `stuck`; a prompt that is archived is asked of nobody, so only archiving helps there. */
const ACTS: Record<StuckAct, Prisma.Sql> = {
  give_to_everyone: Prisma.sql`
    DELETE FROM "TaskAssignee" a USING stuck WHERE a."taskId" = stuck."id" RETURNING stuck."id"`,
  offer_again: Prisma.sql`DELETE FROM "TaskSkip" s USING stuck WHERE s."taskId" = stuck."id" RETURNING stuck."id"`,
  // A place that somebody holds in an archived task runs out by itself.
  archive: Prisma.sql`
    UPDATE "Task" t SET "archivedAt" = now() FROM stuck WHERE t."id" = stuck."id" RETURNING t."id"`,
};
