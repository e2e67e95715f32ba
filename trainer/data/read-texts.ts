import { basename } from "node:path";
import { readRow } from "@/domain/intake/read-row";
import { readSplit } from "@/domain/intake/read-values";
import { IntakeNotes } from "./intake-notes";
import { isFolder } from "./jsonl-lines";
import { readDataset } from "./read-dataset";
import { readRows } from "./read-rows";
import { type DemonstrationRecord, recordsOfRow } from "./records";

/** Plain text, without a chat's turns. */
export type PlainText = { place: string; text: string };

/**
 * Reads texts whose style the model should keep: lines with a `text`, or demonstrations, of the training split.
 *
 * @param dataset a JSONL file, or a dataset version's folder, whose demonstrations are read
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readTexts(dataset: string): Promise<(PlainText | DemonstrationRecord)[]> {
  const name = basename(dataset);
  if (await isFolder(dataset, name)) return (await readDataset("demonstration", dataset)).train;
  const texts: (PlainText | DemonstrationRecord)[] = [];
  const notes = new IntakeNotes();
  for await (const placed of readRows(dataset, name)) {
    const read = readRow(placed.row);
    if (!("text" in read) || read.text === null) {
      const { records } = recordsOfRow("demonstration", placed, notes);
      texts.push(...records.filter(({ split }) => split === "train"));
    } else if ((readSplit(placed.row.fields.split) ?? "train") === "train")
      texts.push({ place: placed.at, text: read.text });
  }
  return texts;
}
