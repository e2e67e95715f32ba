import type { Transaction } from "../database/client";
import type { LedgerEntry } from "./build-records";
import type { RecordLine } from "./record-lines";

/** A record with its place. */
export interface PlacedRecord extends Omit<RecordLine, "content"> {
  id: string;
  /** The number of the line in its file, from 1. */
  line: number;
}

/** Inserts records and the labels each came from. Parameters are whole columns, so that a page is two statements. */
export async function insertRecords(
  tx: Transaction,
  datasetVersionId: string,
  records: readonly PlacedRecord[],
): Promise<void> {
  const column = <Key extends keyof PlacedRecord>(key: Key) => records.map((record) => record[key]);
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
  const sources = records.flatMap(({ id, labelIds }) => labelIds.map((labelId) => ({ recordId: id, labelId })));
  await tx.$executeRaw`
    INSERT INTO "DatasetRecordSource" ("recordId", "labelId")
    SELECT * FROM unnest(${sources.map(({ recordId }) => recordId)}::uuid[],
                         ${sources.map(({ labelId }) => labelId)}::uuid[])`;
}

export async function insertLedger(
  tx: Transaction,
  datasetVersionId: string,
  entries: readonly LedgerEntry[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "DatasetLedgerEntry" ("datasetVersionId", "labelId", "used", "reason")
    SELECT ${datasetVersionId}::uuid, label_id, used, reason
    FROM unnest(${entries.map(({ labelId }) => labelId)}::uuid[], ${entries.map(({ used }) => used)}::bool[],
                ${entries.map(({ reason }) => reason)}::text[]) AS new(label_id, used, reason)`;
}
