import type { Transaction } from "../database/client";
import type { ImportedAnswer } from "./imported-answer";
import { type ImportRubrics, THUMB_CRITERION, THUMB_SCORE } from "./rubrics-of-import";

/** A label that was just inserted, with the ids of its completions in the order of their texts. */
interface FreshLabel {
  labelId: string;
  answer: ImportedAnswer;
  texts: readonly { id: string }[];
}

/** Inserts the scores of imported ratings and thumbs, whole columns at once. */
export async function insertRatings(
  tx: Transaction,
  fresh: readonly FreshLabel[],
  rubrics: ImportRubrics,
): Promise<void> {
  const rows = fresh.flatMap(({ labelId, answer, texts }) => {
    const criterionIds = rubrics.of(answer)?.criterionIds;
    return scoresOf(answer).flatMap((scores, index) =>
      scores.map(({ criterion, score }) => ({
        labelId,
        completionId: texts[index]?.id ?? "",
        criterionId: criterionIds?.get(criterion) ?? "",
        score,
      })),
    );
  });
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "RatingScore" ("labelId", "completionId", "criterionId", "score")
    SELECT * FROM unnest(${rows.map(({ labelId }) => labelId)}::uuid[],
                         ${rows.map(({ completionId }) => completionId)}::uuid[],
                         ${rows.map(({ criterionId }) => criterionId)}::uuid[], ${rows.map(({ score }) => score)}::int[])`;
}

/** Lists the scores of each completion in order. */
function scoresOf(answer: ImportedAnswer): { criterion: string; score: number }[][] {
  if (answer.kind === "rating") return answer.completions.map(({ scores }) => scores);
  if (answer.kind !== "unpaired") return [];
  return [[{ criterion: THUMB_CRITERION, score: answer.desirable ? THUMB_SCORE.up : THUMB_SCORE.down }]];
}
