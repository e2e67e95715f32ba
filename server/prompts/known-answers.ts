import type { Database } from "../database/client";
import { answerKey, type SaidAnswer } from "./imported-answer";
import { THUMB_CRITERION, THUMB_SCORE } from "./task-of-answer";

/**
 * Finds the keys of the imported answers of these prompts that still count, so that importing a file again adds
 * nothing.
 */
export async function knownAnswers(db: Database, projectId: string, promptIds: string[]): Promise<Set<string>> {
  const singles = await db.$queryRaw<{ promptId: string; kind: "demonstration" | "comparison"; texts: string[] }[]>`
    SELECT t."promptId", l."kind",
      array_remove(ARRAY[coalesce(d."content", c."content"), r."content"], NULL) AS "texts"
    FROM "LiveLabel" l
    JOIN "Task" t ON t."id" = l."taskId"
    LEFT JOIN "DemonstrationLabel" dl ON dl."labelId" = l."id"
    LEFT JOIN "Completion" d ON d."id" = dl."completionId"
    LEFT JOIN "ComparisonLabel" cl ON cl."labelId" = l."id"
    LEFT JOIN "Completion" c ON c."id" = cl."chosenCompletionId"
    LEFT JOIN "Completion" r ON r."id" = cl."rejectedCompletionId"
    WHERE l."projectId" = ${projectId}::uuid AND l."importId" IS NOT NULL AND l."kind" IN ('demonstration', 'comparison')
      AND t."promptId" = ANY(${promptIds}::uuid[])`;
  const judged = await db.$queryRaw<Judged[]>`
    SELECT t."promptId", l."id" AS "labelId", tc."position", c."content", e."rank", k."name" AS "criterion", s."score"
    FROM "LiveLabel" l
    JOIN "Task" t ON t."id" = l."taskId"
    JOIN "TaskCompletion" tc ON tc."taskId" = t."id"
    JOIN "Completion" c ON c."id" = tc."completionId"
    LEFT JOIN "RankingEntry" e ON e."labelId" = l."id" AND e."completionId" = c."id"
    LEFT JOIN "RatingScore" s ON s."labelId" = l."id" AND s."completionId" = c."id"
    LEFT JOIN "Criterion" k ON k."id" = s."criterionId"
    WHERE l."projectId" = ${projectId}::uuid AND l."importId" IS NOT NULL AND l."kind" IN ('ranking', 'rating')
      AND t."promptId" = ANY(${promptIds}::uuid[])
    ORDER BY l."id", tc."position", k."position"`;
  const keys = new Set(singles.map(({ promptId, kind, texts }) => JSON.stringify([promptId, kind, ...texts])));
  for (const { promptId, answer } of answersOf(judged)) keys.add(answerKey(promptId, answer));
  return keys;
}

/** A completion of a rated or ranked task; a rating has a row for each criterion. */
interface Judged {
  promptId: string;
  labelId: string;
  position: number;
  content: string;
  rank: number | null;
  criterion: string | null;
  score: number | null;
}

function answersOf(rows: readonly Judged[]): { promptId: string; answer: SaidAnswer }[] {
  const byLabel = new Map<string, Judged[]>();
  for (const row of rows) {
    const label = byLabel.get(row.labelId);
    if (label) label.push(row);
    else byLabel.set(row.labelId, [row]);
  }
  return [...byLabel.values()].map((label) => ({ promptId: label[0]?.promptId ?? "", answer: answerOf(label) }));
}

function answerOf(rows: readonly Judged[]): SaidAnswer {
  if (rows.every(({ rank }) => rank !== null))
    return { kind: "ranking", completions: rows.map(({ content, rank }) => ({ content, rank: rank ?? 0 })) };
  const [first] = rows;
  if (first && rows.length === 1 && first.criterion === THUMB_CRITERION)
    return { kind: "unpaired", content: first.content, desirable: first.score === THUMB_SCORE.up };
  const completions = [...new Set(rows.map(({ position }) => position))].map((position) => {
    const own = rows.filter((row) => row.position === position);
    const scores = own.map(({ criterion, score }) => ({ criterion: criterion ?? "", score: score ?? 0 }));
    return { content: own[0]?.content ?? "", scores };
  });
  return { kind: "rating", completions };
}
