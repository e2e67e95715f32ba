import { Prisma } from "@/generated/prisma/client";
import type { Database, Transaction } from "../database/client";
import { settleTasks } from "../tasks/task-status";
import { answerKey, type ImportedAnswer } from "./imported-answer";
import { insertImportedLabels } from "./insert-imported-labels";
import { knownAnswers } from "./known-answers";
import { placeTasks } from "./place-tasks";
import { taskOfAnswer } from "./task-of-answer";
import { uuidsOf } from "./uuids-of";

/** An answer and the prompt that it belongs to. */
export interface NewAnswer {
  promptId: string;
  answer: ImportedAnswer;
}

/** What a batch of answers became. */
export interface InsertedAnswers {
  labels: number;
  /** The open tasks that were made of rows without an answer. */
  tasks: number;
}

/**
 * Inserts one batch of imported answers: tasks, completions and labels. Parameters are whole columns, as in
 * `insertPrompts`. Labels of one task may come in different batches, and in different imports. Passed over is what the
 * project has already: a label by its id, and an answer of another tool's file that an earlier import brought to the
 * same prompt and that still counts.
 */
export async function insertAnswers(
  tx: Transaction,
  input: { projectId: string; userId: string; importId: string; answers: readonly NewAnswer[] },
): Promise<InsertedAnswers> {
  const fresh = await withoutKnown(tx, input.projectId, input.answers);
  if (fresh.length === 0) return { labels: 0, tasks: 0 };
  const wanted = fresh.map(({ promptId, answer }) => ({ promptId, task: taskOfAnswer(answer) }));
  const placed = await placeTasks(tx, input, wanted);
  const labels = wanted.flatMap(({ promptId, task: { label } }, index) => {
    const at = placed[index];
    return label && at ? [{ promptId, label, at }] : [];
  });
  const made = await insertImportedLabels(tx, input, labels);
  await settleTasks(tx, Prisma.sql`SELECT unnest(${placed.map(({ id }) => id)}::uuid[]) AS "id"`);
  const open = new Set(wanted.flatMap(({ task }, index) => (task.label ? [] : [placed[index]])));
  return { labels: made, tasks: [...open].filter((task) => task?.isNew).length };
}

/** Leaves out the labels that the project has already. Open tasks are told apart where they are placed. */
export async function withoutKnown(
  db: Database,
  projectId: string,
  answers: readonly NewAnswer[],
): Promise<readonly NewAnswer[]> {
  const said = answers.filter(({ answer }) => answer.kind !== "own");
  const known =
    said.length === 0
      ? new Set<string>()
      : await knownAnswers(db, projectId, [...new Set(said.map(({ promptId }) => promptId))]);
  for (const id of await knownLabels(db, projectId, answers.flatMap(labelIdOf))) known.add(labelKey(id));
  return answers.filter((row) => {
    const [id] = labelIdOf(row);
    const key = id === undefined ? answerKey(row.promptId, row.answer) : labelKey(id);
    if (known.has(key)) return false;
    if (id !== undefined) known.add(key);
    return true;
  });
}

const labelKey = (id: string) => JSON.stringify(["label", id]);
const labelIdOf = ({ answer }: NewAnswer): string[] =>
  answer.kind === "own" && answer.task.label?.id ? [answer.task.label.id] : [];

/**
 * Finds the labels that the project has had under these ids: its own ones, and those that came with a file. A label that
 * was corrected or taken back since does not come again.
 */
async function knownLabels(db: Database, projectId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "sourceId" AS "id" FROM "Label"
    WHERE "projectId" = ${projectId}::uuid AND "sourceId" = ANY(${[...ids]}::text[])
    UNION ALL
    SELECT "id"::text FROM "Label"
    WHERE "projectId" = ${projectId}::uuid AND "id" = ANY(${uuidsOf(ids)}::uuid[])`;
  return rows.map(({ id }) => id);
}
