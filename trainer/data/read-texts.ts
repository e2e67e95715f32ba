import { basename } from "node:path";
import { z } from "zod";
import { invalidDataset, isFolder, readJsonLines } from "./jsonl-lines";
import { readDataset } from "./read-dataset";
import { type DemonstrationRecord, parseRecord } from "./records";

/** Text as it is, without a chat's turns. */
export type PlainText = { place: string; text: string };

const lineSchema = z.object({
  text: z.string().min(1, "is empty"),
  split: z.enum(["train", "validation", "test"]).default("train"),
});

/**
 * Texts to keep a model used to: lines with a `text`, or demonstrations; those of the training split.
 *
 * @param dataset a JSONL file, or a dataset version's folder, whose demonstrations are read
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readTexts(dataset: string): Promise<(PlainText | DemonstrationRecord)[]> {
  const name = basename(dataset);
  if (await isFolder(dataset, name)) return (await readDataset("demonstration", dataset)).train;
  const texts: (PlainText | DemonstrationRecord)[] = [];
  for await (const { line, value } of readJsonLines(dataset, name)) {
    const place = `${name}:${line}`;
    if (typeof value !== "object" || value === null || !("text" in value)) {
      const record = parseRecord("demonstration", value, place);
      if (record?.split === "train") texts.push(record);
      continue;
    }
    const result = lineSchema.safeParse(value);
    if (!result.success) {
      const issue = result.error.issues[0];
      throw invalidDataset(`${place}: ${issue?.path.join(".")}: ${issue?.message.replace(/^Invalid input: /, "")}`);
    }
    if (result.data.split === "train") texts.push({ place, text: result.data.text });
  }
  return texts;
}
