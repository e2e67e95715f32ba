import { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { startOfToday } from "../database/start-of-today";

/**
 * Selects the labels of these projects that no longer count. They are few beside the others, so a count of the live ones
 * takes them away from a count of all, which an index alone answers; to look for each label whether it lives takes twenty
 * times as long.
 */
export const deadLabels = (projectIds: readonly string[]): Prisma.Sql => Prisma.sql`
  SELECT l.* FROM "Label" l
  WHERE l."projectId" = ANY(${[...projectIds]}::uuid[]) AND l."id" IN (
    SELECT "labelId" FROM "LabelWithdrawal"
    UNION SELECT s."supersedesId" FROM "Label" s
          WHERE s."supersedesId" IS NOT NULL AND s."projectId" = ANY(${[...projectIds]}::uuid[]))`;

/** Counts the live labels of each project, as its tasks keep their number; a project without tasks is not in the map. */
export async function countLiveLabels(db: Database, projectIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ projectId: string; count: number }[]>`
    SELECT "projectId", sum("labelCount")::int AS "count" FROM "Task"
    WHERE "projectId" = ANY(${[...projectIds]}::uuid[]) GROUP BY "projectId"`;
  return new Map(rows.map(({ projectId, count }) => [projectId, count]));
}

export interface LabelCounts {
  count: number;
  today: number;
  /** The labels that a dataset version does not know. */
  newSince: number;
}

/** Counts a project's live labels, those of today, and those that this dataset version has not seen (all, without one). */
export async function summariseLabels(
  db: Database,
  projectId: string,
  version: { id: string; exportedCount: number } | null,
): Promise<LabelCounts> {
  const [row] = await db.$queryRaw<{ count: number; today: number; knownAndDead: number }[]>`
    WITH dead AS MATERIALIZED (${deadLabels([projectId])})
    SELECT
      (SELECT coalesce(sum("labelCount"), 0) FROM "Task" WHERE "projectId" = ${projectId}::uuid)::int AS "count",
      ((SELECT count(*) FROM "Label" WHERE "projectId" = ${projectId}::uuid AND "createdAt" >= ${startOfToday()})
        - (SELECT count(*) FROM dead WHERE "createdAt" >= ${startOfToday()}))::int AS "today",
      (SELECT count(*) FROM dead WHERE EXISTS (
        SELECT 1 FROM "DatasetLedgerEntry" e
        WHERE e."datasetVersionId" = ${version?.id ?? null}::uuid AND e."labelId" = dead."id"))::int AS "knownAndDead"`;
  const { count, today, knownAndDead } = row ?? { count: 0, today: 0, knownAndDead: 0 };
  // A version's ledger holds every label that there was, so the known ones that live need no look at each.
  return { count, today, newSince: count - ((version?.exportedCount ?? 0) - knownAndDead) };
}

/**
 * Counts the people whose labels count, as `personKey` tells them apart. The query goes from person to person through the
 * index and not from label to label, so that it takes as long as there are people.
 */
export async function countPeople(db: Database, projectId: string): Promise<number> {
  const isLive = Prisma.sql`
    NOT EXISTS (SELECT 1 FROM "LabelWithdrawal" w WHERE w."labelId" = l."id")
    AND NOT EXISTS (SELECT 1 FROM "Label" s WHERE s."supersedesId" = l."id")`;
  const given = Prisma.sql`l."projectId" = ${projectId}::uuid AND l."importId" IS NULL`;
  const imported = Prisma.sql`l."projectId" = ${projectId}::uuid AND l."importId" IS NOT NULL`;
  const [row] = await db.$queryRaw<{ count: number }[]>`
    WITH RECURSIVE account AS (
      (SELECT l."annotatorId" AS id FROM "Label" l WHERE ${given} ORDER BY l."annotatorId" LIMIT 1)
      UNION ALL
      SELECT (SELECT l."annotatorId" FROM "Label" l WHERE ${given} AND l."annotatorId" > account.id
              ORDER BY l."annotatorId" LIMIT 1)
      FROM account WHERE account.id IS NOT NULL
    ), named AS (
      (SELECT l."sourceAnnotatorId" AS name FROM "Label" l WHERE ${imported} AND l."sourceAnnotatorId" IS NOT NULL
       ORDER BY l."sourceAnnotatorId" LIMIT 1)
      UNION ALL
      SELECT (SELECT l."sourceAnnotatorId" FROM "Label" l WHERE ${imported} AND l."sourceAnnotatorId" > named.name
              ORDER BY l."sourceAnnotatorId" LIMIT 1)
      FROM named WHERE named.name IS NOT NULL
    )
    SELECT (
      (SELECT count(*) FROM account WHERE EXISTS (
        SELECT 1 FROM "Label" l WHERE ${given} AND l."annotatorId" = account.id AND ${isLive}))
      + (SELECT count(*) FROM named WHERE EXISTS (
        SELECT 1 FROM "Label" l WHERE ${imported} AND l."sourceAnnotatorId" = named.name AND ${isLive}))
      + (SELECT count(*) FROM "PromptImport" i WHERE i."projectId" = ${projectId}::uuid AND EXISTS (
        SELECT 1 FROM "Label" l
        WHERE ${imported} AND l."sourceAnnotatorId" IS NULL AND l."importId" = i."id" AND ${isLive}))
    )::int AS "count"`;
  return row?.count ?? 0;
}
