import type { LedgerEntry } from "./build-records";

/**
 * Tells whether a version would repeat the latest one: the same records from the same labels, and nothing else to say
 * of any label. (A new tie changes no record, but the ledger must name it.)
 */
export function sameAsLatest(
  latest: {
    status: string;
    hash: string | null;
    ledger: { labelId: string; used: boolean; reason: string | null }[];
  },
  hash: string,
  ledger: readonly LedgerEntry[],
): boolean {
  if (latest.status !== "ready" || latest.hash !== hash || latest.ledger.length !== ledger.length) return false;
  const before = new Map(latest.ledger.map((entry) => [entry.labelId, entry]));
  return ledger.every(({ labelId, used, reason }) => {
    const entry = before.get(labelId);
    return entry?.used === used && entry.reason === reason;
  });
}
