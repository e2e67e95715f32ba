import { LABEL_KINDS, type LabelKind } from "@/domain/labels/kinds";
import type { CompletionChoice, TaskWish } from "@/domain/tasks/task-wish";
import { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { findLanguageModel } from "../models/find-model";
import { completionText } from "./completion-text";
import type { TaskPlan } from "./insert-tasks";

export interface PlannedPrompts {
  projectId: string;
  promptIds: "all" | readonly string[];
  /** Restricts the prompts to a task type; null takes any. */
  taskType: string | null;
}

/** The condition for the prompts (as p) that tasks are to be made of. */
export const plannedPrompts = ({ projectId, promptIds, taskType }: PlannedPrompts): Prisma.Sql => Prisma.sql`
  p."projectId" = ${projectId}::uuid AND p."archivedAt" IS NULL
  ${taskType === null ? Prisma.empty : Prisma.sql`AND p."taskType" = ${taskType}`}
  ${promptIds === "all" ? Prisma.empty : Prisma.sql`AND p."id" IN (SELECT unnest(${[...promptIds]}::uuid[]))`}`;

/**
 * Checks that the models whose completions are wished for are the project's.
 * @throws DomainError `model-not-found`, `model-writes-no-text`
 */
export async function checkModels(db: Database, projectId: string, { completions }: Pick<TaskWish, "completions">) {
  if (typeof completions !== "object") return;
  for (const id of completions.models) await findLanguageModel(db, projectId, id);
}

/**
 * Plans a task of one kind for each prompt that has enough completions for it. Equal texts count once, and texts without a
 * character not at all; nor do the exploits of probes, of which a run's report makes its own tasks.
 */
export function planTasks(wish: PlannedPrompts & { kind: LabelKind; completions: CompletionChoice }): TaskPlan {
  const { least, most } = LABEL_KINDS[wish.kind].completions;
  if (most === 0)
    return Prisma.sql`
      SELECT p."id" AS "promptId", '{}'::uuid[] AS "completionIds", NULL::uuid AS "generationId",
        row_number() OVER (ORDER BY p."id") AS place
      FROM "Prompt" p WHERE ${plannedPrompts(wish)}`;
  const models = typeof wish.completions === "object" ? wish.completions.models : null;
  return Prisma.sql`
    SELECT "promptId", array_agg("id" ORDER BY nth) AS "completionIds",
      CASE WHEN count(DISTINCT "generationId") = 1 AND count("generationId") = count(*)
        THEN (array_agg("generationId"))[1] END AS "generationId",
      row_number() OVER (ORDER BY "promptId") AS place
    FROM (${models ? alternating(wish, models) : newestFirst(wish)}) AS chosen
    WHERE nth <= ${most}::int
    GROUP BY "promptId"
    HAVING count(*) >= ${least}::int ${models ? Prisma.sql`AND count(DISTINCT "modelVersionId") = 2` : Prisma.empty}`;
}

const NEWEST_GENERATION_FIRST = Prisma.sql`
  c."generationId" IS NULL, g."createdAt" DESC, g."id" DESC, c."createdAt", c."sampleIndex", c."id"`;

/** Numbers each prompt's different texts, those of the newest generation first and those that nobody generated last. */
function newestFirst(wish: PlannedPrompts & { completions: CompletionChoice }): Prisma.Sql {
  const isLatest = Prisma.sql`"generationId" IS NOT DISTINCT FROM "newestId"`;
  return Prisma.sql`
    SELECT *, row_number() OVER (PARTITION BY "promptId" ORDER BY rank) AS nth
    FROM (
      SELECT DISTINCT ON ("promptId", text) *
      FROM (
        SELECT c."id", c."promptId", c."generationId", md5(${completionText}) AS text, ${completionText} = '' AS "isEmpty",
          row_number() OVER of_prompt AS rank, first_value(c."generationId") OVER of_prompt AS "newestId"
        FROM "Completion" c LEFT JOIN "Generation" g ON g."id" = c."generationId" JOIN "Prompt" p ON p."id" = c."promptId"
        WHERE ${plannedPrompts(wish)} AND c."origin" <> 'probe'
        WINDOW of_prompt AS (PARTITION BY c."promptId" ORDER BY ${NEWEST_GENERATION_FIRST})
      ) AS written
      WHERE NOT "isEmpty" ${wish.completions === "latest" ? Prisma.sql`AND ${isLatest}` : Prisma.empty}
      ORDER BY "promptId", text, rank
    ) AS different`;
}

/** Numbers each prompt's different texts of two models: the newest of the one, then of the other, and so on. */
function alternating(wish: PlannedPrompts, [one, other]: readonly [string, string]): Prisma.Sql {
  return Prisma.sql`
    SELECT *, row_number() OVER (PARTITION BY "promptId" ORDER BY turn, "isOther") AS nth
    FROM (
      SELECT *, row_number() OVER (PARTITION BY "promptId", "modelVersionId" ORDER BY rank) AS turn
      FROM (
        SELECT DISTINCT ON ("promptId", text) *
        FROM (
          SELECT c."id", c."promptId", c."generationId", c."modelVersionId", md5(${completionText}) AS text,
            c."modelVersionId" = ${other}::uuid AS "isOther",
            row_number() OVER (PARTITION BY c."promptId", c."modelVersionId" ORDER BY ${NEWEST_GENERATION_FIRST}) AS rank
          FROM "Completion" c LEFT JOIN "Generation" g ON g."id" = c."generationId" JOIN "Prompt" p ON p."id" = c."promptId"
          WHERE ${plannedPrompts(wish)} AND c."origin" <> 'probe' AND ${completionText} <> ''
            AND c."modelVersionId" IN (${one}::uuid, ${other}::uuid)
        ) AS written
        ORDER BY "promptId", text, rank, "isOther"
      ) AS different
    ) AS numbered`;
}
