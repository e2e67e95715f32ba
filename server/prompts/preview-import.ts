import type { MappedRole } from "@/domain/intake/mapped-roles";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import type { Counted, HashedPrompt } from "./collect-rows";
import { type ImportFile, MAX_ISSUES } from "./import-file";
import type { ImportIssue } from "./import-refused";
import type { ImportedKind } from "./imported-answer";
import { readImport } from "./read-import-file";

export interface ImportPreview {
  /** How the file holds its rows, and the formats that they are written in. */
  container: string;
  formats: { name: string; rows: number }[];
  /** The keys of the rows, which a person may give roles to, and as what they were read; null where they were not. */
  columns: { name: string; role: MappedRole | null }[];
  /** The first 20. */
  rows: Omit<HashedPrompt, "normalizedHash">[];
  /** Good rows in the file. */
  total: number;
  /** Prompts that say the same as an earlier one of the file. */
  duplicates: number;
  /** Prompts that are new in the file and say the same as a prompt of the project. */
  alreadyPresent: number;
  /** Different answers beside the prompts, by what they are. */
  answers: Record<ImportedKind, number>;
  /** Answers that say the same as an earlier one. */
  repeatedAnswers: number;
  /** Pairs with a margin that none of the four strengths has: the margin is kept, the strength is the nearest. */
  keptMargins: number;
  /** Good rows that are left out because they say so themselves. */
  leftOut: Counted[];
  /** Keys that the file has and Tuneloop does not read. */
  ignored: Counted[];
  ignoredFields: string[];
  /** Rows that name another split than the prompt's text gives, which holds. */
  otherSplits: number;
  /** Whether the good rows can be taken without those with a fault, and how many these are. */
  canLeaveOut: boolean;
  badRows: number;
  /** How many rows hold control tokens of chat templates, and the first of their lines. */
  controlTokens: { rows: number; lines: number[] };
  /** At most 200; the import is refused where there is one, unless it is told to leave these rows out. */
  issues: ImportIssue[];
  issueCount: number;
}

const SHOWN_ROWS = 20;

/** What an import of this file would do. Writes nothing. */
export async function previewImport(input: ImportFile & { actor: ProjectActor }): Promise<ImportPreview> {
  const { projectId } = requireAdmin(input.actor);
  const { prompts, answers, issues, badRows, controlTokenLines, ...read } = await readImport(input);
  const [present] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Prompt"
    WHERE "projectId" = ${projectId}::uuid AND "textHash" = ANY(${prompts.map(({ hash }) => hash)}::text[])`;
  const counts: Record<ImportedKind, number> = { demonstration: 0, comparison: 0, unpaired: 0, rating: 0, ranking: 0 };
  for (const { answer } of answers) counts[answer.kind] += 1;
  return {
    ...read,
    rows: prompts.slice(0, SHOWN_ROWS).map(({ normalizedHash, ...row }) => row),
    alreadyPresent: present?.count ?? 0,
    answers: counts,
    keptMargins: answers.filter(({ answer }) => answer.kind === "comparison" && answer.margin !== null).length,
    controlTokens: { rows: controlTokenLines.length, lines: controlTokenLines.slice(0, SHOWN_ROWS) },
    issues: issues.slice(0, MAX_ISSUES),
    issueCount: issues.length,
    badRows: badRows.length,
  };
}
