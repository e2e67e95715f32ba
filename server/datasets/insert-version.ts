import { sumLedger } from "@/domain/datasets/ledger";
import type { Transaction } from "../database/client";
import type { LedgerEntry } from "./build-records";
import type { RecordLine } from "./record-lines";

/** The rows of a version: itself, its records, the labels each came from, and the ledger. Returns how many labels it used. */
export async function insertVersion(
  tx: Transaction,
  input: {
    id: string;
    projectId: string;
    userId: string;
    number: number;
    hash: string;
    folder: string;
    lines: readonly RecordLine[];
    ledger: readonly LedgerEntry[];
  },
): Promise<number> {
  const { id, projectId, userId, number, hash, folder, lines, ledger } = input;
  const { exported, used } = sumLedger(ledger);
  await tx.datasetVersion.create({
    data: {
      id,
      projectId,
      version: number,
      status: "ready",
      hash,
      folder,
      exportedCount: exported,
      usedCount: used,
      leftOutCount: exported - used,
      createdById: userId,
    },
  });
  await tx.datasetRecord.createMany({
    data: lines.map(({ content: _content, labelIds: _labelIds, ...row }) => ({ ...row, datasetVersionId: id })),
  });
  await tx.datasetRecordSource.createMany({
    data: lines.flatMap((line) => line.labelIds.map((labelId) => ({ recordId: line.id, labelId }))),
  });
  await tx.datasetLedgerEntry.createMany({ data: ledger.map((entry) => ({ ...entry, datasetVersionId: id })) });
  return used;
}
