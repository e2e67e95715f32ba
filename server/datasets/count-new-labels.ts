import type { Database } from "../database/client";

/** Counts the live labels that no dataset version has seen; all of them where there is no version yet. */
export async function countNewLabels(
  db: Database,
  projectId: string,
  datasetVersionId: string | null,
): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "LiveLabel" l
    WHERE l."projectId" = ${projectId}::uuid AND NOT EXISTS (
      SELECT 1 FROM "DatasetLedgerEntry" e
      WHERE e."datasetVersionId" = ${datasetVersionId}::uuid AND e."labelId" = l."id")`;
  return row?.count ?? 0;
}
