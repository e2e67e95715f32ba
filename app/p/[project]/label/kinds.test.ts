import { expect, it } from "vitest";
import type { Outputs } from "@/app/trpc-client";
import { draftOfAnswer } from "./kinds";
import { comparisonAnswerSchema, comparisonOf } from "./kinds/comparison/comparison-answer";
import { demonstrationAnswerSchema, demonstrationOf } from "./kinds/demonstration/demonstration-answer";
import { rankingAnswerSchema, rankingOf } from "./kinds/ranking/ranking-answer";
import { ratingAnswerSchema, ratingOf } from "./kinds/rating/rating-answer";

type Reopened = Outputs["labels"]["reopen"];
const [X, Y, Z] = ["x", "y", "z"];

const reopen = (answer: Reopened["answer"], completionIds = [X, Y]): unknown =>
  JSON.parse(
    draftOfAnswer({
      answer,
      task: {
        taskId: "task",
        kind: answer.kind,
        prompt: { id: "prompt", messages: [], taskType: "general" },
        completions: completionIds.map((id) => ({ id, name: id, content: id, finished: true })),
        leaseExpiresAt: null,
        guidelineVersionId: null,
        rubric: null,
        draft: null,
      },
    }),
  );

it("opens each kind with what was said, so that submitting at once says the same", () => {
  const comparison = {
    outcome: "chosen",
    chosenCompletionId: Y,
    rejectedCompletionId: X,
    strength: "slightly",
  } as const;
  const compared = comparisonAnswerSchema.parse(reopen({ kind: "comparison", note: "why", comparison }));
  expect(comparisonOf(compared, X, Y)).toEqual(comparison);
  expect(compared.note).toBe("why");

  const ranks = [
    { completionId: Z, rank: 1 },
    { completionId: X, rank: 2 },
    { completionId: Y, rank: 2 },
  ];
  expect(
    rankingOf(rankingAnswerSchema.parse(reopen({ kind: "ranking", note: null, ranking: { ranks } }, [X, Y, Z]))),
  ).toEqual({ ranks });

  const scores = [
    { completionId: X, criterionId: "c", score: 2 },
    { completionId: Y, criterionId: "c", score: 5 },
  ];
  const rated = ratingAnswerSchema.parse(reopen({ kind: "rating", note: null, rating: { scores } }));
  expect(ratingOf(rated, { completionIds: [X, Y], criterionIds: ["c"] })).toEqual({ scores });

  const demonstration = { content: "So.", turns: [], trainOnAllTurns: false, rewriteOfCompletionId: null };
  const written = demonstrationAnswerSchema.parse(reopen({ kind: "demonstration", note: null, demonstration }));
  expect(demonstrationOf(written, [])).toEqual({ demonstration });
});
