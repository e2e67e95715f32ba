import type { RecordKind } from "@/domain/datasets/records";
import { database } from "../database/client";
import { type LabelPerson, labelPerson, namedPersonSelect } from "../labels/label-person";
import { messagesInOrder, promptText } from "../prompts/prompt-text";

export interface RecordRow {
  id: string;
  kind: RecordKind;
  split: "train" | "validation";
  line: number;
  promptId: string;
  promptText: string;
  /** The preferred completion of a pair, or the only one; `finished` is false where the token limit cut it. */
  chosen: { id: string; content: string; finished: boolean };
  rejected: { id: string; content: string; finished: boolean } | null;
  margin: number | null;
  desirable: boolean | null;
  sources: { labelId: string; annotator: LabelPerson; createdAt: Date }[];
}

/** Reads a page of a version's records in the order of their files, each with the labels and people it came from. */
export async function listRecords(input: {
  datasetVersionId: string;
  cursor?: string | null;
  limit: number;
  kind?: RecordKind;
  split?: "train" | "validation";
}): Promise<{ rows: RecordRow[]; nextCursor: string | null }> {
  const { datasetVersionId, cursor, limit, kind, split } = input;
  const records = await database().datasetRecord.findMany({
    where: { datasetVersionId, kind, split, ...(cursor && { id: { gt: cursor } }) },
    orderBy: { id: "asc" },
    take: limit + 1,
    select: {
      id: true,
      kind: true,
      split: true,
      line: true,
      margin: true,
      desirable: true,
      prompt: { select: { id: true, messages: messagesInOrder } },
      chosen: { select: { id: true, content: true, finished: true } },
      rejected: { select: { id: true, content: true, finished: true } },
      sources: {
        orderBy: { labelId: "asc" },
        select: { label: { select: { id: true, createdAt: true, ...namedPersonSelect } } },
      },
    },
  });
  const rows = records.slice(0, limit).map(({ prompt, sources, ...record }) => ({
    ...record,
    promptId: prompt.id,
    promptText: promptText(prompt.messages),
    sources: sources.map(({ label }) => ({
      labelId: label.id,
      annotator: labelPerson(label),
      createdAt: label.createdAt,
    })),
  }));
  return { rows, nextCursor: records.length > limit ? (rows.at(-1)?.id ?? null) : null };
}
