import type { Outputs } from "@/app/trpc-client";
import type { ComparisonAnswer } from "./comparison/comparison-answer";
import type { DemonstrationAnswer } from "./demonstration/demonstration-answer";
import type { RankingAnswer } from "./ranking/ranking-answer";
import type { RatingAnswer } from "./rating/rating-answer";

type Reopened = Outputs["labels"]["reopen"];

/** A given answer in the words of its page's draft, so that the page opens with what was said. */
export function draftOfAnswer({ task, answer }: Reopened): string {
  return JSON.stringify(
    answerOf(
      task.completions.map(({ id }) => id),
      answer,
    ),
  );
}

function answerOf(
  shown: readonly string[],
  answer: Reopened["answer"],
): ComparisonAnswer | DemonstrationAnswer | RankingAnswer | RatingAnswer {
  switch (answer.kind) {
    case "comparison": {
      const { comparison } = answer;
      const note = answer.note ?? "";
      if (comparison.outcome !== "chosen") return { verdict: comparison.outcome, strength: null, note };
      const verdict = shown.indexOf(comparison.chosenCompletionId) === 0 ? "left" : "right";
      return { verdict, strength: comparison.strength, note };
    }
    case "ranking": {
      const { ranks } = answer.ranking;
      const best = [...new Set(ranks.map(({ rank }) => rank))].sort((a, b) => a - b);
      const tier = (rank: number) =>
        ranks.filter((entry) => entry.rank === rank).map(({ completionId }) => completionId);
      return { tiers: best.map(tier), decided: true };
    }
    case "rating": {
      const scores: RatingAnswer["scores"] = {};
      for (const { completionId, criterionId, score } of answer.rating.scores)
        scores[completionId] = { ...scores[completionId], [criterionId]: score };
      return { scores, cursor: { completion: 0, criterion: 0 } };
    }
    case "demonstration": {
      const { content, turns, trainOnAllTurns, rewriteOfCompletionId } = answer.demonstration;
      const spoken = turns.flatMap((turn) =>
        turn.role === "system" ? [] : [{ role: turn.role, content: turn.content }],
      );
      return { content, turns: spoken, trainOnAllTurns, rewriteOfCompletionId: rewriteOfCompletionId ?? null };
    }
  }
}
