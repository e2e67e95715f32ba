import { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";

/**
 * Keeps the gap between the highest and the lowest score of a task's completions, for every model that has scored all of
 * them; with fewer than two there is none. Scores and the completions of a task never change, so a gap is kept once: by
 * whoever writes the last of the scores, or makes the task.
 */
const keepGaps = (db: Database, which: Prisma.Sql): Promise<number> => db.$executeRaw`
  INSERT INTO "RewardGap" ("modelVersionId", "taskId", "gap")
  SELECT s."modelVersionId", tc."taskId", max(s."score") - min(s."score")
  FROM "TaskCompletion" tc JOIN "RewardScore" s ON s."completionId" = tc."completionId"
  WHERE ${which}
  GROUP BY s."modelVersionId", tc."taskId"
  HAVING count(*) > 1
    AND count(*) = (SELECT count(*) FROM "TaskCompletion" every WHERE every."taskId" = tc."taskId")
  ON CONFLICT DO NOTHING`;

/** Keeps the gaps of new tasks. */
export const keepGapsOfTasks = (db: Database, taskIds: readonly string[]): Promise<number> =>
  keepGaps(db, Prisma.sql`tc."taskId" = ANY(${[...taskIds]}::uuid[])`);

/** Keeps the gaps that new scores of these completions make known. */
export const keepGapsOfScores = (
  db: Database,
  modelVersionId: string,
  completionIds: readonly string[],
): Promise<number> =>
  keepGaps(
    db,
    Prisma.sql`s."modelVersionId" = ${modelVersionId}::uuid AND tc."taskId" IN (
      SELECT scored."taskId" FROM "TaskCompletion" scored WHERE scored."completionId" = ANY(${[...completionIds]}::uuid[]))`,
  );

/** Keeps the gaps of tasks that were made while their scores were being written, where neither saw the other. */
export const keepMissedGaps = (db: Database, projectId: string, modelVersionId: string): Promise<number> =>
  keepGaps(
    db,
    Prisma.sql`s."modelVersionId" = ${modelVersionId}::uuid AND tc."taskId" IN (
      SELECT t."id" FROM "Task" t WHERE t."projectId" = ${projectId}::uuid AND NOT EXISTS (
        SELECT 1 FROM "RewardGap" g WHERE g."taskId" = t."id" AND g."modelVersionId" = ${modelVersionId}::uuid))`,
  );
