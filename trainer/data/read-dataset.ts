import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isDomainError } from "@/domain/errors";
import { invalidDataset, isFolder } from "./dataset-source";
import { IntakeNotes } from "./intake-notes";
import type { LeftOutReason } from "./left-out-reasons";
import { type PlacedRow, readRows } from "./read-rows";
import { type RecordKind, type RecordsOf, type RowRecords, recordsOfRow } from "./records";

export type Dataset<Kind extends RecordKind> = {
  /** Number of lines with a record of this kind, whatever their split. */
  records: number;
  train: RecordsOf[Kind][];
  validation: RecordsOf[Kind][];
  /** Records that are left out, with the reason, such as the test split or label false. */
  leftOut: { reason: LeftOutReason; place: string }[];
  /** Keys that are not read. */
  notes: IntakeNotes;
};

/**
 * Reads all records of one kind.
 *
 * @param dataset a file, or the folder of a dataset version (its files are named after the record kind)
 * @param validationDataset a file whose records are all validation, whatever they say about their split
 * @param options.skipBadRows whether rows with a fault are left out and counted, instead of refusing the file
 * @throws DomainError `dataset-invalid`
 */
export async function readDataset<Kind extends RecordKind>(
  kind: Kind,
  dataset: string,
  validationDataset?: string,
  { skipBadRows = false }: { skipBadRows?: boolean } = {},
): Promise<Dataset<Kind>> {
  const notes = new IntakeNotes();
  const result: Dataset<Kind> = { records: 0, train: [], validation: [], leftOut: notes.leftOut, notes };
  const read = async (path: string, name: string, isHeld: boolean) => {
    const onProblem = skipBadRows ? (at: string, message: string) => refuse(at, message) : undefined;
    const refuse = (at: string, message: string) => {
      result.records += 1;
      notes.refuse(at, message);
    };
    for await (const placed of readRows(path, name, onProblem)) {
      const made = rowRecords(kind, placed, notes, skipBadRows);
      if (made === null) {
        result.records += 1;
        continue;
      }
      result.records += made.records.length + made.leftOut.length;
      for (const reason of made.leftOut) notes.leftOut.push({ reason, place: placed.at });
      for (const record of made.records) {
        if (isHeld) result.validation.push({ ...record, split: "validation" });
        else result[record.split].push(record);
      }
    }
  };
  for (const path of await filesOf(kind, dataset)) await read(path, basename(path), false);
  if (validationDataset !== undefined) {
    // Two files of one name are told apart by their folders, because the ledger and the preflight identify records by
    // place.
    const isAlike = basename(dataset) === basename(validationDataset);
    const name = isAlike
      ? join(basename(dirname(validationDataset)), basename(validationDataset))
      : basename(validationDataset);
    await read(validationDataset, name, true);
  }
  return result;
}

/** Gives the records of one row; null for a row with a fault that is left out. */
function rowRecords<Kind extends RecordKind>(
  kind: Kind,
  placed: PlacedRow,
  notes: IntakeNotes,
  skipBadRows: boolean,
): RowRecords<Kind> | null {
  try {
    return recordsOfRow(kind, placed, notes);
  } catch (error) {
    if (!skipBadRows || !isDomainError(error)) throw error;
    notes.refuse(placed.at, error.userMessage.replace(`${placed.at}: `, ""));
    return null;
  }
}

async function filesOf(kind: RecordKind, dataset: string): Promise<string[]> {
  if (!(await isFolder(dataset))) return [dataset];
  const files = (await readdir(dataset)).filter((name) => name.endsWith(".jsonl") && name.startsWith(kind)).sort();
  if (files.length === 0)
    throw invalidDataset(`${dataset}: the folder has no ${kind}*.jsonl, so nothing to train this method on`);
  return files.map((name) => join(dataset, name));
}
