import type { Generation } from "@/generated/prisma/client";
import { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import { completionText } from "../tasks/completion-text";
import { insertPlannedTasks } from "../tasks/insert-tasks";

/**
 * Makes comparison tasks from what was generated. Within one generation the distinct completions of a prompt are paired
 * off (first with second, third with fourth); in a next round sample i of the new model meets sample i of the previous
 * one. Two completions of the same text give no task, for nobody could tell them apart, nor does a completion without
 * text, from which nothing could be learned: such prompts are counted.
 */
export async function makeComparisonTasks(
  tx: Transaction,
  generation: Pick<Generation, "id" | "projectId" | "requiredLabels" | "requestedById" | "pairedWithId">,
): Promise<{ taskCount: number; identicalCount: number }> {
  const { id, projectId, requiredLabels, requestedById, pairedWithId } = generation;
  const pairs = pairedWithId ? opposite(id, pairedWithId) : pairedOff(id);
  const [counts] = await tx.$queryRaw<{ identical: number }[]>`
    SELECT (SELECT count(DISTINCT "promptId") FROM "Completion" WHERE "generationId" = ${id}::uuid)::int
         - (SELECT count(DISTINCT "promptId") FROM (${pairs}) AS pairs)::int AS "identical"`;
  const { created } = await insertPlannedTasks(tx, {
    ...{ projectId, createdById: requestedById, kind: "comparison", requiredLabels },
    plan: Prisma.sql`
      SELECT "promptId", "completionIds", ${id}::uuid AS "generationId",
        row_number() OVER (ORDER BY "promptId", nth) AS place
      FROM (${pairs}) AS pairs`,
  });
  return { taskCount: created, identicalCount: counts?.identical ?? 0 };
}

/** Selects the completions of a generation, numbered for each prompt. */
const samplesOf = (generationId: string): Prisma.Sql => Prisma.sql`(
  SELECT c."id", c."promptId", c."sampleIndex", ${completionText} AS text,
    row_number() OVER (PARTITION BY c."promptId" ORDER BY c."sampleIndex") AS nth
  FROM "Completion" c WHERE c."generationId" = ${generationId}::uuid)`;

/** Selects the first two, the second two … of each prompt's different texts. */
const pairedOff = (generationId: string): Prisma.Sql => Prisma.sql`
  SELECT "promptId", (nth - 1) / 2 AS nth, array_agg("id" ORDER BY nth) AS "completionIds"
  FROM (
    SELECT "id", "promptId", row_number() OVER (PARTITION BY "promptId" ORDER BY "sampleIndex") AS nth
    FROM (
      SELECT DISTINCT ON ("promptId", text) * FROM ${samplesOf(generationId)} AS own WHERE text <> ''
      ORDER BY "promptId", text, "sampleIndex"
    ) AS different
  ) AS numbered
  GROUP BY "promptId", (nth - 1) / 2
  HAVING count(*) = 2`;

/** Selects the samples of the same number of two generations, where their texts differ. */
const opposite = (generationId: string, otherId: string): Prisma.Sql => Prisma.sql`
  SELECT own."promptId", own.nth, ARRAY[own."id", other."id"] AS "completionIds"
  FROM ${samplesOf(generationId)} AS own JOIN ${samplesOf(otherId)} AS other USING ("promptId", nth)
  WHERE own.text <> '' AND other.text <> '' AND own.text <> other.text`;
