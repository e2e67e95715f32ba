import type { MappedRole } from "@/domain/intake/mapped-roles";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import type { Counted, HashedPrompt } from "./collect-rows";
import { type ImportFile, MAX_ISSUES } from "./import-file";
import type { ImportIssue } from "./import-refused";
import { type ImportedKind, importedKindOf } from "./imported-answer";
import { readImport } from "./read-import-file";

export interface ImportPreview {
  /** The way in which the file holds its rows, and the formats that they are written in. */
  container: string;
  formats: { name: string; rows: number }[];
  /** The keys of the rows, which a person may give roles to, and as what they were read; null where they were not. */
  columns: { name: string; role: MappedRole | null }[];
  /** The first 20 prompts. */
  rows: Omit<HashedPrompt, "normalizedHash">[];
  /** The number of good rows in the file. */
  total: number;
  /** The number of prompts that say the same as an earlier one of the file. */
  duplicates: number;
  /** The number of prompts that are new in the file and say the same as a prompt of the project. */
  alreadyPresent: number;
  /** The different answers beside the prompts, by kind. */
  answers: Record<ImportedKind, number>;
  /** The number of answers that say the same as an earlier one. */
  repeatedAnswers: number;
  /**
   * The number of pairs with a margin that none of the four strengths has: the margin is kept, the strength is the
   * nearest.
   */
  keptMargins: number;
  /** The number of good rows that are left out because they say so themselves. */
  leftOut: Counted[];
  /** The keys of the file that Tuneloop does not read. */
  ignored: Counted[];
  ignoredFields: string[];
  /** Rows that name another split than the prompt's text gives, which holds. */
  otherSplits: number;
  /** Whether the good rows can be taken without those with a fault, and how many these are. */
  canLeaveOut: boolean;
  badRows: number;
  /** The number of rows that hold control tokens of chat templates, and the first of their lines. */
  controlTokens: { rows: number; lines: number[] };
  /** The faults, at most 200. The import is refused where there is one, unless it is told to leave these rows out. */
  issues: ImportIssue[];
  issueCount: number;
}

const SHOWN_ROWS = 20;

/** Tells what an import of this file would do, and writes nothing. */
export async function previewImport(input: ImportFile & { actor: ProjectActor }): Promise<ImportPreview> {
  const { projectId } = requireAdmin(input.actor);
  const { prompts, answers, issues, badRows, controlTokenLines, ...read } = await readImport(input);
  const [present] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Prompt"
    WHERE "projectId" = ${projectId}::uuid AND "textHash" = ANY(${prompts.map(({ hash }) => hash)}::text[])`;
  const counts: Record<ImportedKind, number> = {
    ...{ demonstration: 0, comparison: 0, unpaired: 0, rating: 0, ranking: 0, openTask: 0 },
  };
  for (const { answer } of answers) counts[importedKindOf(answer)] += 1;
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
