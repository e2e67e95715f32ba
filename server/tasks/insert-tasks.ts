import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import { newIdOfRow } from "../database/new-id";

export interface NewTask {
  promptId: string;
  /** The completions in the task's own order; annotators see them shuffled. */
  completionIds: string[];
  generationId?: string | null;
}

/**
 * A query for the tasks that are wished, with the columns "promptId", "completionIds" (an array in the task's own order),
 * "generationId" and "place" (a number by which the tasks are ordered).
 */
export type TaskPlan = Prisma.Sql;

/** Makes a plan of tasks that the program holds; parameters are whole columns. */
const planOf = (tasks: readonly NewTask[]): TaskPlan => Prisma.sql`
  SELECT prompt_id AS "promptId", completion_ids::uuid[] AS "completionIds", generation_id AS "generationId", place
  FROM unnest(${tasks.map(({ promptId }) => promptId)}::uuid[],
              ${tasks.map(({ completionIds }) => `{${completionIds.join(",")}}`)}::text[],
              ${tasks.map(({ generationId }) => generationId ?? null)}::uuid[])
       WITH ORDINALITY AS wished(prompt_id, completion_ids, generation_id, place)`;

const sorted = (ids: Prisma.Sql) => Prisma.sql`ARRAY(SELECT id FROM unnest(${ids}) AS id ORDER BY id)`;

/**
 * The parts of a WITH clause that find of a plan ("plan") the tasks to be made ("fresh"). A task is not made a second time
 * where an unarchived one asks the same about the same completions (or, without completions, about the same prompt).
 */
export const freshTasks = (input: { projectId: string; kind: LabelKind; plan: TaskPlan }): Prisma.Sql => Prisma.sql`
  plan AS MATERIALIZED (${input.plan}),
  keyed AS MATERIALIZED (SELECT plan.*, ${sorted(Prisma.sql`"completionIds"`)} AS key FROM plan),
  present AS (
    SELECT t."promptId",
      ARRAY(SELECT c."completionId" FROM "TaskCompletion" c WHERE c."taskId" = t."id" ORDER BY c."completionId") AS key
    FROM "Task" t
    WHERE t."projectId" = ${input.projectId}::uuid AND t."kind" = ${toLabelKind(input.kind)} AND t."archivedAt" IS NULL
      AND t."promptId" IN (SELECT "promptId" FROM plan)
  ),
  fresh AS MATERIALIZED (
    SELECT * FROM (SELECT DISTINCT ON ("promptId", key) * FROM keyed ORDER BY "promptId", key, place) AS once
    WHERE NOT EXISTS (SELECT 1 FROM present WHERE present."promptId" = once."promptId" AND present.key = once.key)
  )`;

interface TaskSettings {
  projectId: string;
  createdById: string;
  kind: LabelKind;
  requiredLabels: number;
  priority?: number;
  rubricId?: string | null;
  /** The people who may do the tasks; an empty list means everyone in the project. */
  annotatorIds?: readonly string[];
}

/** What became of a plan: the tasks that were made, and those that were there already. */
interface Inserted {
  created: number;
  existing: number;
}

/** Inserts a few tasks of one kind, with their completions. */
export const insertTasks = (
  tx: Transaction,
  { tasks, ...settings }: TaskSettings & { tasks: readonly NewTask[] },
): Promise<Inserted> => insertPlannedTasks(tx, { ...settings, plan: planOf(tasks) });

/**
 * Inserts the tasks of a plan with their completions: one statement, however many there are, so that nothing of it passes
 * through the program's memory.
 */
export async function insertPlannedTasks(tx: Transaction, input: TaskSettings & { plan: TaskPlan }): Promise<Inserted> {
  const { projectId, createdById, kind, requiredLabels, priority = 0, rubricId = null, annotatorIds = [] } = input;
  const [counts] = await tx.$queryRaw<{ created: number; existing: number }[]>`
    WITH ${freshTasks(input)},
    numbered AS MATERIALIZED (
      SELECT ${newIdOfRow(Prisma.sql`row_number() OVER (ORDER BY place)`)} AS "id", fresh.* FROM fresh
    ),
    made AS (
      INSERT INTO "Task" ("id", "projectId", "promptId", "generationId", "createdById", "kind", "requiredLabels",
                          "priority", "rubricId")
      SELECT "id", ${projectId}::uuid, "promptId", "generationId", ${createdById}::uuid, ${toLabelKind(kind)}::text,
             ${requiredLabels}::int, ${priority}::int, ${rubricId}::uuid
      FROM numbered ORDER BY place
    ),
    places AS (
      INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
      SELECT numbered."id", shown.id, shown.position - 1
      FROM numbered, unnest(numbered."completionIds") WITH ORDINALITY AS shown(id, position)
    ),
    people AS (
      INSERT INTO "TaskAssignee" ("taskId", "userId")
      SELECT numbered."id", person FROM numbered, unnest(${[...annotatorIds]}::uuid[]) AS person
    ),
    gaps AS ( -- as in server/scores/reward-gaps.ts, which can't see the rows of this very statement
      INSERT INTO "RewardGap" ("modelVersionId", "taskId", "gap")
      SELECT s."modelVersionId", numbered."id", max(s."score") - min(s."score")
      FROM numbered CROSS JOIN unnest(numbered."completionIds") AS shown(id)
      JOIN "RewardScore" s ON s."completionId" = shown.id
      GROUP BY s."modelVersionId", numbered."id", cardinality(numbered."completionIds")
      HAVING count(*) > 1 AND count(*) = cardinality(numbered."completionIds")
    )
    SELECT (SELECT count(*) FROM fresh)::int AS "created",
           (SELECT count(*) FROM plan)::int - (SELECT count(*) FROM fresh)::int AS "existing"`;
  return counts ?? { created: 0, existing: 0 };
}
