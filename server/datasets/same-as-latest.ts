import type { Database } from "../database/client";
import type { KeptLedger } from "./kept-ledger";

/**
 * Tells whether a version would repeat the latest one: the same records from the same labels, and nothing else to say
 * of any label. (A new tie changes no record, but the ledger must name it.)
 */
export async function sameAsLatest(
  db: Database,
  latest: { id: string; status: string; hash: string | null; exportedCount: number },
  hash: string,
  ledger: KeptLedger,
): Promise<boolean> {
  if (latest.status !== "ready" || latest.hash !== hash || latest.exportedCount !== ledger.sum().exported) return false;
  for await (const entries of ledger.entries()) {
    const [same] = await db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS "count"
      FROM unnest(${entries.map(({ labelId }) => labelId)}::uuid[], ${entries.map(({ used }) => used)}::bool[],
                  ${entries.map(({ reason }) => reason)}::text[]) AS new(label_id, used, reason)
      JOIN "DatasetLedgerEntry" e ON e."datasetVersionId" = ${latest.id}::uuid AND e."labelId" = new.label_id
      WHERE e."used" = new.used AND e."reason" IS NOT DISTINCT FROM new.reason`;
    if (same?.count !== entries.length) return false;
  }
  return true;
}
