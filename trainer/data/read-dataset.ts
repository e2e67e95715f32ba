import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { invalidDataset, isFolder, readJsonLines } from "./jsonl-lines";
import { parseRecord, type RecordKind, type RecordsOf } from "./records";

export type Dataset<Kind extends RecordKind> = {
  /** Lines with a record of this kind, whatever their split. */
  records: number;
  train: RecordsOf[Kind][];
  validation: RecordsOf[Kind][];
  /** Places of records of the test split, which no run may see. */
  test: string[];
};

/**
 * Reads all records of one kind.
 *
 * @param dataset a JSONL file, or the folder of a dataset version (its files are named after the record kind)
 * @param validationDataset a JSONL file whose records are all validation, whatever they say of their split
 * @throws DomainError `dataset-invalid`
 */
export async function readDataset<Kind extends RecordKind>(
  kind: Kind,
  dataset: string,
  validationDataset?: string,
): Promise<Dataset<Kind>> {
  const result: Dataset<Kind> = { records: 0, train: [], validation: [], test: [] };
  for (const path of await filesOf(kind, dataset)) {
    const name = basename(path);
    for await (const { line, value } of readJsonLines(path, name)) {
      const at = `${name}:${line}`;
      const record = parseRecord(kind, value, at);
      result.records += 1;
      if (record === null) result.test.push(at);
      else result[record.split].push(record);
    }
  }
  if (validationDataset !== undefined) {
    // Two files of one name are told apart by their folders: the ledger and the preflight go by places.
    const isAlike = basename(dataset) === basename(validationDataset);
    const name = isAlike
      ? join(basename(dirname(validationDataset)), basename(validationDataset))
      : basename(validationDataset);
    for await (const { line, value } of readJsonLines(validationDataset, name)) {
      const record = parseRecord(kind, value, `${name}:${line}`);
      result.records += 1;
      if (record === null) result.test.push(`${name}:${line}`);
      else result.validation.push({ ...record, split: "validation" });
    }
  }
  return result;
}

async function filesOf(kind: RecordKind, dataset: string): Promise<string[]> {
  if (!(await isFolder(dataset))) return [dataset];
  const files = (await readdir(dataset)).filter((name) => name.endsWith(".jsonl") && name.startsWith(kind)).sort();
  if (files.length === 0)
    throw invalidDataset(`${dataset}: the folder has no ${kind}*.jsonl, so nothing to train this method on`);
  return files.map((name) => join(dataset, name));
}
