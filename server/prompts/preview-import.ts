import type { Message } from "@/domain/messages";
import { database } from "../database/client";
import { type ImportFile, MAX_ISSUES } from "./import-file";
import type { ImportIssue } from "./import-refused";
import { readImportFile } from "./read-import-file";
import type { ImportedAnswer } from "./row-to-answer";

export interface ImportPreview {
  /** The first 20. */
  rows: { line: number; taskType: string; messages: Message[]; answer: ImportedAnswer | null }[];
  /** Good rows in the file. */
  total: number;
  /** Rows that say the same as an earlier row of the file. */
  duplicates: number;
  /** Rows that say the same as a prompt of the project. */
  alreadyPresent: number;
  /** Different answers beside the prompts, by the kind of label that they would be. */
  answers: { demonstration: number; comparison: number };
  /** Fields that the file has and Tuneloop does not read. */
  ignoredFields: string[];
  /** How many rows hold control tokens of chat templates, and the first of their lines. */
  controlTokens: { rows: number; lines: number[] };
  /** At most 200; the import is refused where there is one. */
  issues: ImportIssue[];
  issueCount: number;
}

const SHOWN_ROWS = 20;

/** What an import of this file would do. Writes nothing. */
export async function previewImport(input: ImportFile & { projectId: string }): Promise<ImportPreview> {
  const { prompts, answers, total, duplicates, ignoredFields, controlTokenLines, issues } = readImportFile(input);
  const demonstrations = answers.filter(({ answer }) => answer.kind === "demonstration").length;
  const [present] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Prompt"
    WHERE "projectId" = ${input.projectId}::uuid AND "normalizedHash" = ANY(${prompts.map(({ hash }) => hash)}::text[])`;
  return {
    rows: prompts
      .slice(0, SHOWN_ROWS)
      .map(({ line, taskType, messages, answer }) => ({ line, taskType, messages, answer })),
    total,
    duplicates,
    alreadyPresent: present?.count ?? 0,
    answers: { demonstration: demonstrations, comparison: answers.length - demonstrations },
    ignoredFields,
    controlTokens: { rows: controlTokenLines.length, lines: controlTokenLines.slice(0, SHOWN_ROWS) },
    issues: issues.slice(0, MAX_ISSUES),
    issueCount: issues.length,
  };
}
