import { Readable } from "node:stream";
import { entryOf } from "@/domain/labels/answer";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { completionFileSelect, completionInFile, fileIdOf, taskFileSelect, taskInFile } from "../tasks/task-file-row";
import { type AnsweredLabel, answerSelect, readAnswer } from "./kinds";
import { namedPersonSelect } from "./label-person";
import { labelSummarySelect, summariseLabel } from "./label-row";

/** Labels that are read at once: a project of any size takes the memory of one page. */
const PAGE = 500;

export type LabelExportFormat = "jsonl" | "csv";

/**
 * The project's labels, oldest first, page by page as they are sent. JSONL has those that count, each with its prompt, its
 * task and the answer as it was given, and an import reads it all; CSV has all of them in one row each, for a spreadsheet. Both name the person.
 */
export function openLabelExport(input: { actor: ProjectActor; format: LabelExportFormat }): Readable {
  const { projectId } = requireAdmin(input.actor);
  const lines = input.format === "jsonl" ? jsonLines(projectId) : csvLines(projectId);
  return Readable.from(lines, { objectMode: false });
}

async function* jsonLines(projectId: string): AsyncGenerator<string> {
  const excludedPeople = await readExcludedPeople(projectId);
  const inForce = { where: { liftedAt: null }, orderBy: { id: "asc" }, take: 1, select: { reason: true } } as const;
  for (let last: string | undefined; ; ) {
    const labels = await database().label.findMany({
      where: { projectId, ...liveLabel, ...(last && { id: { gt: last } }) },
      orderBy: { id: "asc" },
      take: PAGE,
      select: {
        ...{ id: true, sourceId: true, kind: true, note: true, flagged: true, durationMs: true, createdAt: true },
        ...namedPersonSelect,
        task: { select: { ...taskFileSelect, exclusions: inForce } },
        exclusions: inForce,
        presentation: {
          orderBy: { position: "asc" },
          select: { completion: { select: { id: true, sourceId: true } } },
        },
        ...answerSelect,
        demonstration: {
          select: { ...answerSelect.demonstration.select, completion: { select: completionFileSelect } },
        },
      },
    });
    for (const label of labels) {
      const { note, flagged, durationMs, createdAt, task } = label;
      const excluded =
        label.exclusions[0]?.reason ??
        task.exclusions[0]?.reason ??
        (label.sourceAnnotatorId === null ? excludedPeople.get(label.annotatorId) : undefined) ??
        (task.prompt.archivedAt ? "The prompt was archived in the project that the file came from." : undefined);
      const line = {
        ...taskInFile(task),
        ...answerInFile(label),
        labelId: fileIdOf(label),
        ...personInFile(label),
        ...{ createdAt, durationMs, note, flagged },
        shownOrder: label.presentation.map(({ completion }) => fileIdOf(completion)),
        ...(excluded !== undefined && { excluded }),
      };
      yield `${JSON.stringify(line)}\n`;
    }
    last = labels.at(-1)?.id;
    if (labels.length < PAGE) return;
  }
}

type ExportedLabel = AnsweredLabel & {
  task: { completions: { completion: { id: string; sourceId: string | null } }[] };
  demonstration: { completion: Parameters<typeof completionInFile>[0] } | null;
};

/**
 * Writes the answer as it was given, with what it lacks beside: the margin that an earlier file named, and of a
 * demonstration its completion. Completions are named by the ids that they have in the file.
 */
function answerInFile(label: ExportedLabel): Record<string, unknown> {
  const { kind } = label;
  const answer = readAnswer(label);
  const fileIds = new Map(label.task.completions.map(({ completion }) => [completion.id, fileIdOf(completion)]));
  const given: unknown = JSON.parse(JSON.stringify(entryOf(answer).answer), (key, value: unknown) =>
    /completionId$/i.test(key) && typeof value === "string" ? (fileIds.get(value) ?? value) : value,
  );
  const margin = label.comparison?.margin ?? null;
  return {
    kind,
    [kind]: {
      ...(given as Record<string, unknown>),
      ...(margin !== null && { margin }),
      ...(label.demonstration && completionInFile(label.demonstration.completion)),
    },
  };
}

/** Names the person who gave the label: the account, or whom the file named that the label came with. */
const personInFile = (label: Pick<Prisma.LabelGetPayload<{ select: typeof namedPersonSelect }>, PersonColumn>) =>
  label.importId === null
    ? { annotatorId: label.annotator.id, annotator: label.annotator.name }
    : { annotatorId: label.sourceAnnotatorId, annotator: label.sourceAnnotator };
type PersonColumn = "importId" | "annotator" | "sourceAnnotatorId" | "sourceAnnotator";

/** The reasons of the exclusions in force that are of a person, by the account. */
async function readExcludedPeople(projectId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await database().exclusion.findMany({
    where: { projectId, liftedAt: null, annotatorId: { not: null } },
    select: { annotatorId: true, reason: true },
  });
  return new Map(rows.map(({ annotatorId, reason }) => [annotatorId ?? "", reason]));
}

/** What the export of labels holds, and what it can't, said before anybody downloads it. */
export interface LabelExportCounts {
  /** The labels that count, which the JSONL holds. */
  labels: number;
  /** All labels, which the table holds. */
  all: number;
  /** The labels that count and that an exclusion or an archived prompt keeps out of dataset versions; the JSONL says so. */
  excluded: number;
}

/** Counts what `openLabelExport` gives. */
export async function countLabelExport(actor: ProjectActor): Promise<LabelExportCounts> {
  const { projectId } = requireAdmin(actor);
  const [labels, all, [row]] = await Promise.all([
    database().label.count({ where: { projectId, ...liveLabel } }),
    database().label.count({ where: { projectId } }),
    database().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS "count" FROM "LiveLabel" l
      JOIN "Task" t ON t."id" = l."taskId" JOIN "Prompt" p ON p."id" = t."promptId"
      WHERE l."projectId" = ${projectId}::uuid AND (p."archivedAt" IS NOT NULL OR EXISTS (
        SELECT 1 FROM "Exclusion" e WHERE e."projectId" = l."projectId" AND e."liftedAt" IS NULL
          AND (e."labelId" = l."id" OR e."taskId" = l."taskId"
               OR (e."annotatorId" = l."annotatorId" AND l."sourceAnnotatorId" IS NULL))))`,
  ]);
  return { labels, all, excluded: row?.count ?? 0 };
}

const COLUMNS = [
  ...["labelId", "taskId", "promptId", "annotatorId", "annotator", "kind", "taskType", "prompt", "outcome", "status"],
  ...["note", "flagged", "durationMs", "createdAt"],
] as const;

async function* csvLines(projectId: string): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\r\n`;
  for (let last: string | undefined; ; ) {
    const labels = await database().label.findMany({
      where: { projectId, ...(last && { id: { gt: last } }) },
      orderBy: { id: "asc" },
      take: PAGE,
      select: { ...labelSummarySelect, ...namedPersonSelect, durationMs: true },
    });
    for (const label of labels) {
      const { promptText, outcome, superseded, withdrawn, note, flagged, createdAt } = summariseLabel(label);
      const { prompt } = label.task;
      const row: Record<(typeof COLUMNS)[number], unknown> = {
        ...{ labelId: label.id, taskId: label.taskId, promptId: prompt.id },
        ...{ ...personInFile(label), kind: label.kind },
        ...{ taskType: prompt.taskType, prompt: promptText, outcome },
        status: superseded ? "corrected later" : withdrawn ? "taken back" : "counts",
        ...{ note, flagged, durationMs: label.durationMs, createdAt: createdAt.toISOString() },
      };
      yield `${COLUMNS.map((column) => cell(row[column])).join(",")}\r\n`;
    }
    last = labels.at(-1)?.id;
    if (labels.length < PAGE) return;
  }
}

/**
 * A cell as RFC 4180 has it. A text that a spreadsheet would run as a formula gets an apostrophe before it, as OWASP advises:
 * prompts and notes are other people's.
 */
function cell(value: unknown): string {
  const given = value === null || value === undefined ? "" : String(value);
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(given) ? `'${given}` : given;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
