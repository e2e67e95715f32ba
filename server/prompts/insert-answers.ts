import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { answerKey, type ImportedAnswer, type ImportedKind, textsOf } from "./imported-answer";
import { insertRatings } from "./insert-ratings";
import { knownAnswers } from "./known-answers";
import { rubricsOfImport } from "./rubrics-of-import";

/** An answer and the prompt that it belongs to. */
export interface NewAnswer {
  promptId: string;
  answer: ImportedAnswer;
}

/**
 * Inserts imported answers: for each a task that needs no more labels, its completions, and the label, whose annotator
 * is the one who imports. Parameters are whole columns, as in `insertPrompts`. An answer that an earlier import brought
 * to the same prompt, and that still counts, is passed over.
 *
 * @returns how many labels were made
 */
export async function insertAnswers(
  tx: Transaction,
  input: { projectId: string; userId: string; importId: string; answers: readonly NewAnswer[] },
): Promise<number> {
  const { projectId, userId, importId } = input;
  const known = await knownAnswers(tx, projectId, [...new Set(input.answers.map(({ promptId }) => promptId))]);
  const fresh = input.answers
    .filter(({ promptId, answer }) => !known.has(answerKey(promptId, answer)))
    .map((row) => ({
      ...row,
      taskId: newId(),
      labelId: newId(),
      texts: textsOf(row.answer).map((content, index) => ({
        content,
        id: newId(),
        finished: !row.answer.cut?.includes(index),
      })),
    }));
  if (fresh.length === 0) return 0;
  const rubrics = await rubricsOfImport(
    tx,
    { projectId, userId },
    fresh.map(({ answer }) => answer),
  );
  const completions = fresh.flatMap(({ promptId, taskId, answer: { kind }, texts }) =>
    texts.map((text, position) => ({ promptId, taskId, kind, ...text, position })),
  );
  const taskIds = fresh.map(({ taskId }) => taskId);
  const labelIds = fresh.map(({ labelId }) => labelId);
  const kinds = fresh.map(({ answer }) => toLabelKind(LABEL_KIND[answer.kind]));
  const rubricIds = fresh.map(({ answer }) => rubrics.of(answer)?.id ?? null);

  await tx.$executeRaw`
    INSERT INTO "Completion" ("id", "projectId", "promptId", "origin", "content", "finished")
    SELECT id, ${projectId}::uuid, prompt_id, 'imported', content, finished
    FROM unnest(${completions.map(({ id }) => id)}::uuid[], ${completions.map(({ promptId }) => promptId)}::uuid[],
                ${completions.map(({ content }) => content)}::text[], ${completions.map(({ finished }) => finished)}::bool[])
         AS new(id, prompt_id, content, finished)`;
  await tx.$executeRaw`
    INSERT INTO "Task" ("id", "projectId", "promptId", "createdById", "kind", "rubricId", "requiredLabels", "completedAt")
    SELECT id, ${projectId}::uuid, prompt_id, ${userId}::uuid, kind, rubric_id, 1, now()
    FROM unnest(${taskIds}::uuid[], ${fresh.map(({ promptId }) => promptId)}::uuid[], ${kinds}::text[],
                ${rubricIds}::uuid[]) AS new(id, prompt_id, kind, rubric_id)`;
  // A demonstration's task asks for a completion and shows none.
  const shown = completions.filter(({ kind }) => kind !== "demonstration");
  await tx.$executeRaw`
    INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
    SELECT * FROM unnest(${shown.map(({ taskId }) => taskId)}::uuid[], ${shown.map(({ id }) => id)}::uuid[],
                         ${shown.map(({ position }) => position)}::int[])`;
  await tx.$executeRaw`
    INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "importId")
    SELECT id, ${projectId}::uuid, task_id, ${userId}::uuid, kind, id, ${importId}::uuid
    FROM unnest(${labelIds}::uuid[], ${taskIds}::uuid[], ${kinds}::text[]) AS new(id, task_id, kind)`;
  await insertTypedRows(tx, fresh);
  await insertRatings(tx, fresh, rubrics);
  return fresh.length;
}

/** A thumb is kept as a rating by one criterion. */
const LABEL_KIND: Record<ImportedKind, LabelKind> = {
  demonstration: "demonstration",
  comparison: "comparison",
  unpaired: "rating",
  rating: "rating",
  ranking: "ranking",
};

export type Fresh = NewAnswer & { labelId: string; texts: { id: string }[] };

async function insertTypedRows(tx: Transaction, fresh: readonly Fresh[]): Promise<void> {
  const pairs = fresh.flatMap(({ labelId, answer, texts: [chosen, rejected] }) =>
    answer.kind === "comparison" && chosen && rejected
      ? [{ labelId, strength: answer.strength, margin: answer.margin, chosen: chosen.id, rejected: rejected.id }]
      : [],
  );
  await tx.$executeRaw`
    INSERT INTO "ComparisonLabel" ("labelId", "outcome", "strength", "margin", "chosenCompletionId", "rejectedCompletionId")
    SELECT label_id, 'chosen', strength::"ComparisonStrength", margin, chosen, rejected
    FROM unnest(${pairs.map(({ labelId }) => labelId)}::uuid[], ${pairs.map(({ strength }) => strength)}::text[],
                ${pairs.map(({ margin }) => margin)}::float8[], ${pairs.map(({ chosen }) => chosen)}::uuid[],
                ${pairs.map(({ rejected }) => rejected)}::uuid[]) AS new(label_id, strength, margin, chosen, rejected)`;
  const ranks = fresh.flatMap(({ labelId, answer, texts }) =>
    answer.kind === "ranking"
      ? answer.completions.map(({ rank }, index) => ({ labelId, completionId: texts[index]?.id ?? "", rank }))
      : [],
  );
  await tx.$executeRaw`
    INSERT INTO "RankingEntry" ("labelId", "completionId", "rank")
    SELECT * FROM unnest(${ranks.map(({ labelId }) => labelId)}::uuid[],
                         ${ranks.map(({ completionId }) => completionId)}::uuid[], ${ranks.map(({ rank }) => rank)}::int[])`;
  const demonstrations = fresh.flatMap(({ labelId, answer, texts: [text] }) =>
    answer.kind === "demonstration" && text ? [{ labelId, completionId: text.id }] : [],
  );
  await tx.$executeRaw`
    INSERT INTO "DemonstrationLabel" ("labelId", "completionId")
    SELECT * FROM unnest(${demonstrations.map(({ labelId }) => labelId)}::uuid[],
                         ${demonstrations.map(({ completionId }) => completionId)}::uuid[])`;
}
