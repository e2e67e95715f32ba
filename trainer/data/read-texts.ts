import { basename } from "node:path";
import { isDomainError } from "@/domain/errors";
import { readRow } from "@/domain/intake/read-row";
import { readSplit } from "@/domain/intake/read-values";
import { isFolder } from "./dataset-source";
import { IntakeNotes } from "./intake-notes";
import { readDataset } from "./read-dataset";
import { type PlacedRow, readRows } from "./read-rows";
import { type DemonstrationRecord, recordsOfRow } from "./records";

/** Plain text, without a chat's turns. */
export type PlainText = { place: string; text: string };

/**
 * Reads texts whose style the model should keep: lines with a `text`, or demonstrations, of the training split.
 *
 * @param dataset a JSONL file, or a dataset version's folder, whose demonstrations are read
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readTexts(
  dataset: string,
  { skipBadRows = false }: { skipBadRows?: boolean } = {},
): Promise<{ texts: (PlainText | DemonstrationRecord)[]; notes: IntakeNotes }> {
  const name = basename(dataset);
  if (await isFolder(dataset, name)) {
    const { train, notes } = await readDataset("demonstration", dataset, undefined, { skipBadRows });
    return { texts: train, notes };
  }
  const texts: (PlainText | DemonstrationRecord)[] = [];
  const notes = new IntakeNotes();
  const refuse = (at: string, message: string) => notes.refuse(at, message);
  for await (const placed of readRows(dataset, name, skipBadRows ? refuse : undefined)) {
    const read = readRow(placed.row);
    if (!("text" in read) || read.text === null) {
      const records = recordsOrNone(placed, notes, skipBadRows);
      texts.push(...records.filter(({ split }) => split === "train"));
      continue;
    }
    for (const key of read.ignored) if (key !== "split") notes.ignore(key, placed.at);
    if ((readSplit(placed.row.fields.split) ?? "train") === "train") texts.push({ place: placed.at, text: read.text });
  }
  return { texts, notes };
}

/** A row's demonstrations; none of one with a fault, where such rows are left out. */
function recordsOrNone(placed: PlacedRow, notes: IntakeNotes, skipBadRows: boolean): DemonstrationRecord[] {
  try {
    return recordsOfRow("demonstration", placed, notes).records;
  } catch (error) {
    if (!skipBadRows || !isDomainError(error)) throw error;
    notes.refuse(placed.at, error.userMessage.replace(`${placed.at}: `, ""));
    return [];
  }
}
