import type { Database } from "../database/client";

/** Live labels that a dataset version has not seen; all of them where there is none yet. */
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
