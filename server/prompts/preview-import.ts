import type { Message } from "@/domain/messages";
import { notBuilt } from "../api/not-built";
import type { ImportFile } from "./import-file";
import type { ImportIssue } from "./import-refused";

export interface ImportPreview {
  /** The first 20. */
  rows: { line: number; taskType: string; messages: Message[] }[];
  /** Good rows in the file. */
  total: number;
  /** Rows that say the same as an earlier row of the file. */
  duplicates: number;
  /** Rows that say the same as a prompt of the project. */
  alreadyPresent: number;
  /** Fields that the file has and Tuneloop does not read. */
  ignoredFields: string[];
  /** At most 200; the import is refused where there is one. */
  issues: ImportIssue[];
}

export async function previewImport(_input: ImportFile & { projectId: string }): Promise<ImportPreview> {
  return notBuilt("previewImport");
}
