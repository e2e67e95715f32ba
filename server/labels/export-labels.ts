import { Readable } from "node:stream";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { messagesInOrder } from "../prompts/prompt-text";
import { answerSelect, readAnswer } from "./kinds";
import { labelSummarySelect, summariseForAll } from "./label-row";

/** Labels that are read at once: a project of any size takes the memory of one page. */
const PAGE = 500;

export type LabelExportFormat = "jsonl" | "csv";

/**
 * The project's labels, oldest first, page by page as they are sent. JSONL has those that count, each with its prompt, its
 * completions and the answer as it was given; CSV has all of them in one row each, for a spreadsheet. Both name the person.
 */
export function openLabelExport(input: { actor: ProjectActor; format: LabelExportFormat }): Readable {
  const { projectId } = requireAdmin(input.actor);
  const lines = input.format === "jsonl" ? jsonLines(projectId) : csvLines(projectId);
  return Readable.from(lines, { objectMode: false });
}

async function* jsonLines(projectId: string): AsyncGenerator<string> {
  for (let last: string | undefined; ; ) {
    const labels = await database().label.findMany({
      where: { projectId, ...liveLabel, ...(last && { id: { gt: last } }) },
      orderBy: { id: "asc" },
      take: PAGE,
      select: {
        ...{ id: true, kind: true, taskId: true, note: true, flagged: true, durationMs: true, createdAt: true },
        annotator: { select: { id: true, name: true } },
        task: {
          select: {
            prompt: { select: { id: true, taskType: true, messages: messagesInOrder } },
            completions: {
              orderBy: { position: "asc" },
              select: { completion: { select: { id: true, content: true, finished: true } } },
            },
            rubric: { select: { criteria: { orderBy: { position: "asc" }, select: CRITERION } } },
          },
        },
        ...answerSelect,
      },
    });
    for (const label of labels) {
      const { prompt, completions, rubric } = label.task;
      const line = {
        prompt: prompt.messages,
        completions: completions.map(({ completion: { id, content, finished } }) => ({
          ...{ id, content },
          ...(!finished && { finished }),
        })),
        ...readAnswer(label),
        ...(rubric && { rubric: rubric.criteria }),
        taskType: prompt.taskType,
        ...{ labelId: label.id, taskId: label.taskId, promptId: prompt.id },
        ...{ annotatorId: label.annotator.id, annotator: label.annotator.name },
        ...{ createdAt: label.createdAt, durationMs: label.durationMs, note: label.note, flagged: label.flagged },
      };
      yield `${JSON.stringify(line)}\n`;
    }
    last = labels.at(-1)?.id;
    if (labels.length < PAGE) return;
  }
}

const CRITERION = { id: true, name: true, weight: true } as const;

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
      select: { ...labelSummarySelect, durationMs: true, annotator: { select: { id: true, name: true } } },
    });
    for (const label of labels) {
      const { promptText, outcome, superseded, withdrawn, note, flagged, createdAt } = summariseForAll(label);
      const { prompt } = label.task;
      const row: Record<(typeof COLUMNS)[number], unknown> = {
        ...{ labelId: label.id, taskId: label.taskId, promptId: prompt.id },
        ...{ annotatorId: label.annotator.id, annotator: label.annotator.name, kind: label.kind },
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
