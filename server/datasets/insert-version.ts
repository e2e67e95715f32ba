import { sumLedger } from "@/domain/datasets/ledger";
import type { Transaction } from "../database/client";
import type { LedgerEntry } from "./build-records";
import type { RecordLine } from "./record-lines";

/**
 * Inserts the rows of a version: itself, its records, the labels each came from, and the ledger. Returns how many
 * labels it used.
 */
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
  await insertRecords(tx, id, lines);
  await insertLedger(tx, id, ledger);
  return used;
}

/** Parameters are whole columns, so that ten thousand records are two statements. */
async function insertRecords(tx: Transaction, datasetVersionId: string, lines: readonly RecordLine[]): Promise<void> {
  const column = <Key extends keyof RecordLine>(key: Key) => lines.map((line) => line[key]);
  await tx.$executeRaw`
    INSERT INTO "DatasetRecord" ("datasetVersionId", "id", "kind", "split", "line", "promptId", "chosenCompletionId",
                                 "rejectedCompletionId", "margin", "desirable", "groupId")
    SELECT ${datasetVersionId}::uuid, id, kind::"RecordKind", split::"Split", line, prompt_id, chosen_id, rejected_id,
           margin, desirable, group_id
    FROM unnest(${column("id")}::uuid[], ${column("kind")}::text[], ${column("split")}::text[], ${column("line")}::int[],
                ${column("promptId")}::uuid[], ${column("chosenCompletionId")}::uuid[],
                ${column("rejectedCompletionId")}::uuid[], ${column("margin")}::float8[],
                ${column("desirable")}::bool[], ${column("groupId")}::text[])
         AS new(id, kind, split, line, prompt_id, chosen_id, rejected_id, margin, desirable, group_id)`;
  const sources = lines.flatMap((line) => line.labelIds.map((labelId) => ({ recordId: line.id, labelId })));
  await tx.$executeRaw`
    INSERT INTO "DatasetRecordSource" ("recordId", "labelId")
    SELECT * FROM unnest(${sources.map(({ recordId }) => recordId)}::uuid[],
                         ${sources.map(({ labelId }) => labelId)}::uuid[])`;
}

async function insertLedger(tx: Transaction, datasetVersionId: string, ledger: readonly LedgerEntry[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "DatasetLedgerEntry" ("datasetVersionId", "labelId", "used", "reason")
    SELECT ${datasetVersionId}::uuid, label_id, used, reason
    FROM unnest(${ledger.map(({ labelId }) => labelId)}::uuid[], ${ledger.map(({ used }) => used)}::bool[],
                ${ledger.map(({ reason }) => reason)}::text[]) AS new(label_id, used, reason)`;
}
