import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";
import type { ImportedAnswer } from "./row-to-answer";

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
      texts: textsOf(row.answer).map((content) => ({ content, id: newId() })),
    }));
  if (fresh.length === 0) return 0;
  const completions = fresh.flatMap(({ promptId, taskId, answer: { kind }, texts }) =>
    texts.map(({ content, id }, position) => ({ promptId, taskId, kind, content, id, position })),
  );
  const taskIds = fresh.map(({ taskId }) => taskId);
  const labelIds = fresh.map(({ labelId }) => labelId);
  const kinds = fresh.map(({ answer }) => answer.kind);

  await tx.$executeRaw`
    INSERT INTO "Completion" ("id", "projectId", "promptId", "origin", "content")
    SELECT id, ${projectId}::uuid, prompt_id, 'imported', content
    FROM unnest(${completions.map(({ id }) => id)}::uuid[], ${completions.map(({ promptId }) => promptId)}::uuid[],
                ${completions.map(({ content }) => content)}::text[]) AS new(id, prompt_id, content)`;
  await tx.$executeRaw`
    INSERT INTO "Task" ("id", "projectId", "promptId", "createdById", "kind", "requiredLabels", "completedAt")
    SELECT id, ${projectId}::uuid, prompt_id, ${userId}::uuid, kind::"LabelKind", 1, now()
    FROM unnest(${taskIds}::uuid[], ${fresh.map(({ promptId }) => promptId)}::uuid[], ${kinds}::text[])
         AS new(id, prompt_id, kind)`;
  // A demonstration's task asks for a completion; it shows none.
  const shown = completions.filter(({ kind }) => kind === "comparison");
  await tx.$executeRaw`
    INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
    SELECT * FROM unnest(${shown.map(({ taskId }) => taskId)}::uuid[], ${shown.map(({ id }) => id)}::uuid[],
                         ${shown.map(({ position }) => position)}::int[])`;
  await tx.$executeRaw`
    INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "importId")
    SELECT id, ${projectId}::uuid, task_id, ${userId}::uuid, kind::"LabelKind", id, ${importId}::uuid
    FROM unnest(${labelIds}::uuid[], ${taskIds}::uuid[], ${kinds}::text[]) AS new(id, task_id, kind)`;
  await insertTypedRows(tx, fresh);
  return fresh.length;
}

type Fresh = NewAnswer & { labelId: string; texts: { id: string }[] };

async function insertTypedRows(tx: Transaction, fresh: readonly Fresh[]): Promise<void> {
  const pairs = fresh.flatMap(({ labelId, answer, texts: [chosen, rejected] }) =>
    answer.kind === "comparison" && chosen && rejected
      ? [{ labelId, strength: answer.strength, chosen: chosen.id, rejected: rejected.id }]
      : [],
  );
  await tx.$executeRaw`
    INSERT INTO "ComparisonLabel" ("labelId", "outcome", "strength", "chosenCompletionId", "rejectedCompletionId")
    SELECT label_id, 'chosen', strength::"ComparisonStrength", chosen, rejected
    FROM unnest(${pairs.map(({ labelId }) => labelId)}::uuid[], ${pairs.map(({ strength }) => strength)}::text[],
                ${pairs.map(({ chosen }) => chosen)}::uuid[], ${pairs.map(({ rejected }) => rejected)}::uuid[])
         AS new(label_id, strength, chosen, rejected)`;
  const demonstrations = fresh.flatMap(({ labelId, answer, texts: [text] }) =>
    answer.kind === "demonstration" && text ? [{ labelId, completionId: text.id }] : [],
  );
  await tx.$executeRaw`
    INSERT INTO "DemonstrationLabel" ("labelId", "completionId")
    SELECT * FROM unnest(${demonstrations.map(({ labelId }) => labelId)}::uuid[],
                         ${demonstrations.map(({ completionId }) => completionId)}::uuid[])`;
}

const textsOf = (answer: ImportedAnswer): string[] =>
  answer.kind === "demonstration" ? [answer.content] : [answer.chosen, answer.rejected];

/** By which two answers count as the same; how much better a chosen one is does not make another answer of it. */
export const answerKey = (prompt: string, answer: ImportedAnswer): string =>
  JSON.stringify([prompt, answer.kind, ...textsOf(answer)]);

/** Keys of the imported answers of these prompts that still count. */
async function knownAnswers(tx: Transaction, projectId: string, promptIds: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ promptId: string; kind: "demonstration" | "comparison"; texts: string[] }[]>`
    SELECT t."promptId", l."kind"::text AS "kind",
      array_remove(ARRAY[coalesce(d."content", c."content"), r."content"], NULL) AS "texts"
    FROM "LiveLabel" l
    JOIN "Task" t ON t."id" = l."taskId"
    LEFT JOIN "DemonstrationLabel" dl ON dl."labelId" = l."id"
    LEFT JOIN "Completion" d ON d."id" = dl."completionId"
    LEFT JOIN "ComparisonLabel" cl ON cl."labelId" = l."id"
    LEFT JOIN "Completion" c ON c."id" = cl."chosenCompletionId"
    LEFT JOIN "Completion" r ON r."id" = cl."rejectedCompletionId"
    WHERE l."projectId" = ${projectId}::uuid AND l."importId" IS NOT NULL AND t."promptId" = ANY(${promptIds}::uuid[])`;
  return new Set(rows.map(({ promptId, kind, texts }) => JSON.stringify([promptId, kind, ...texts])));
}
