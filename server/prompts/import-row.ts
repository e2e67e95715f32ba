import { DomainError } from "@/domain/errors";
import type { PromptImport } from "@/generated/prisma/client";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";
import type { FoundRows } from "./found-rows";
import { type ColumnMapping, mappingSchema } from "./import-limits";

/** What a look at a file found: what its rows become, and what of it the project has already. */
export interface ImportPreview extends FoundRows {
  /** The number of prompts that are new in the file and say the same as a prompt of the project. */
  alreadyPresent: number;
  /** The number of answers that are new in the file and that the project has already, by kind. */
  knownAnswers: FoundRows["answers"];
}

export type ImportView = Awaited<ReturnType<typeof describeImport>>;

/** An upload as pages see it, from the first look to the end. */
export async function describeImport(row: PromptImport) {
  const leftOutCount =
    row.status === "completed" ? await database().promptImportIssue.count({ where: { importId: row.id } }) : 0;
  return {
    id: row.id,
    fileName: row.fileName,
    sizeBytes: Number(row.sizeBytes),
    phase: row.phase,
    status: row.status,
    activity: row.activity,
    error: failureText(row),
    createdAt: row.createdAt,
    mapping: mappingOf(row),
    takeAnswers: row.takeAnswers,
    leaveOut: row.leaveOut,
    /** How far the present phase is. */
    doneRows: row.doneRows,
    doneBytes: Number(row.doneBytes),
    /** What the file holds, once it has been looked at and until it is taken in. */
    preview: row.phase === "preview" && row.status === "ready" ? previewOf(row) : null,
    /** What became of it; all 0 before it is completed. */
    outcome: {
      accepted: row.acceptedCount,
      duplicates: row.duplicateCount,
      labels: row.labelCount,
      tasks: row.taskCount,
      leftOut: leftOutCount,
    },
  };
}

export const mappingOf = ({ mapping }: Pick<PromptImport, "mapping">): ColumnMapping => mappingSchema.parse(mapping);

/** The preview as it was written; only `performPreview` writes it. */
export const previewOf = ({ preview }: Pick<PromptImport, "preview">): ImportPreview | null =>
  preview as ImportPreview | null;

export async function readImport({ id, projectId }: { id: string; projectId: string }) {
  const row = await database().promptImport.findFirst({ where: { id, projectId } });
  if (!row) throw importNotFound(id);
  return describeImport(row);
}

export const importNotFound = (id: string) =>
  new DomainError("import-not-found", `no import ${id}`, "There is no such import in this project.");
