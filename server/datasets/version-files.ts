import type { Ledger } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";
import type { FolderWriter } from "../storage/write-folder";
import type { LedgerEntry } from "./build-records";
import { insertRecords, type PlacedRecord } from "./insert-version";
import type { LearnedContent, LearnedFile } from "./learned-content";
import type { RecordLine } from "./record-lines";

const NAME_OF_KIND: Record<RecordKind, string> = {
  demonstration: "demonstrations",
  preference: "preferences",
  unpaired: "unpaired",
};
const nameOf = ({ kind, split }: LearnedFile): string => `${NAME_OF_KIND[kind]}.${split}.jsonl`;

/**
 * The manifest of a dataset version. In versions of format 1, `hash` was the SHA-256 of the record files with all ids in
 * them; from format 2 on it is that of what is learned (`learned-content.ts`). Nothing else has changed, so both are read
 * alike.
 */
export interface Manifest extends Ledger {
  format: "tuneloop-dataset-2";
  datasetVersionId: string;
  project: string;
  version: number;
  createdAt: string;
  hash: string;
  /** The SHA-256 of each file's bytes, by which a damaged file shows. */
  files: { name: string; records: number; sha256: string }[];
  /** Writes for each record its place and the labels it came from. */
  records: { id: string; file: string; line: number; labelIds: string[] }[];
  /** Writes for each label whether it was used, or why it was left out. */
  ledger: LedgerEntry[];
}

const RECORDS_AT_ONCE = 1_000;

/**
 * Writes the record files of a version and inserts their rows beside, a page at a time.
 * @param onRecords is told how many records there are so far
 */
export async function writeRecords(
  tx: Transaction,
  version: { id: string; content: LearnedContent<RecordLine>; files: readonly LearnedFile[] },
  writer: FolderWriter,
  onRecords: (done: number) => void,
): Promise<Manifest["files"]> {
  const written: Manifest["files"] = [];
  let done = 0;
  for (const file of version.files) {
    const texts = async function* () {
      let line = 0;
      let lines: string[] = [];
      let placed: PlacedRecord[] = [];
      for await (const { line: text, ...record } of version.content.recordsOf(file)) {
        lines.push(text);
        placed.push({ ...record, id: newId(), line: ++line });
        if (placed.length < RECORDS_AT_ONCE && line < file.records) continue;
        await insertRecords(tx, version.id, placed);
        done += placed.length;
        onRecords(done);
        yield `${lines.join("\n")}\n`;
        lines = [];
        placed = [];
      }
    };
    const name = nameOf(file);
    written.push({ name, records: file.records, sha256: await writer.write(name, texts()) });
  }
  return written;
}

/** Writes the manifest, whose long lists are read from the version's rows: a line each. */
export const writeManifest = (
  tx: Transaction,
  manifest: Omit<Manifest, "format" | "records" | "ledger">,
  writer: FolderWriter,
): Promise<string> => writer.write("manifest.json", manifestTexts(tx, manifest));

async function* manifestTexts(tx: Transaction, manifest: Omit<Manifest, "format" | "records" | "ledger">) {
  const head = JSON.stringify({ format: "tuneloop-dataset-2", ...manifest } satisfies Partial<Manifest>, null, 1);
  yield `${head.slice(0, -2)},\n "records": [`;
  yield* listed(placesOf(tx, manifest.datasetVersionId));
  yield `\n ],\n "ledger": [`;
  yield* listed(ledgerOf(tx, manifest.datasetVersionId));
  yield "\n ]\n}\n";
}

async function* listed(pages: AsyncIterable<unknown[]>): AsyncGenerator<string> {
  let separator = "\n  ";
  for await (const page of pages) {
    yield separator + page.map((entry) => JSON.stringify(entry)).join(",\n  ");
    separator = ",\n  ";
  }
}

const ROWS_AT_ONCE = 5_000;
const NO_ID = "00000000-0000-0000-0000-000000000000";

async function* placesOf(tx: Transaction, datasetVersionId: string): AsyncGenerator<Manifest["records"]> {
  // The rows of a version are younger than the version itself, so that the index need not pass those of earlier ones.
  for (let after: string | undefined = datasetVersionId; after; ) {
    const rows: (Omit<Manifest["records"][number], "file"> & LearnedFile)[] = await tx.$queryRaw`
      SELECT r."id", r."kind"::text AS "kind", r."split"::text AS "split", r."line",
             (SELECT coalesce(json_agg(s."labelId" ORDER BY s."labelId"), '[]')
              FROM "DatasetRecordSource" s WHERE s."recordId" = r."id") AS "labelIds"
      FROM "DatasetRecord" r
      WHERE r."datasetVersionId" = ${datasetVersionId}::uuid AND r."id" > ${after}::uuid
      ORDER BY r."id" LIMIT ${ROWS_AT_ONCE}`;
    after = rows.at(-1)?.id;
    if (after) yield rows.map(({ id, line, labelIds, ...file }) => ({ id, file: nameOf(file), line, labelIds }));
  }
}

async function* ledgerOf(tx: Transaction, datasetVersionId: string): AsyncGenerator<LedgerEntry[]> {
  for (let after: string | undefined = NO_ID; after; ) {
    const rows: LedgerEntry[] = await tx.$queryRaw`
      SELECT "labelId", "used", "reason" FROM "DatasetLedgerEntry"
      WHERE "datasetVersionId" = ${datasetVersionId}::uuid AND "labelId" > ${after}::uuid
      ORDER BY "labelId" LIMIT ${ROWS_AT_ONCE}`;
    after = rows.at(-1)?.labelId;
    if (after) yield rows;
  }
}
