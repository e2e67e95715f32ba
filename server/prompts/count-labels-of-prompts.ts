import { database } from "../database/client";

/** Counts the live labels on the tasks of each of these prompts; a prompt without any is not in the map. */
export async function countLabelsOfPrompts(promptIds: string[]): Promise<Map<string, number>> {
  const rows = await database().$queryRaw<{ promptId: string; count: number }[]>`
    SELECT t."promptId", count(*)::int AS "count" FROM "LiveLabel" l JOIN "Task" t ON t."id" = l."taskId"
    WHERE t."promptId" = ANY(${promptIds}::uuid[]) GROUP BY t."promptId"`;
  return new Map(rows.map(({ promptId, count }) => [promptId, count]));
}
