import type { Comparison } from "@/domain/labels/comparison";
import type { ConvertibleLabel } from "@/domain/labels/convert";
import type { SnapshotLabel } from "./read-snapshot";

/** A label's typed rows as the domain's conversion takes them. */
export function toConvertible(row: SnapshotLabel): ConvertibleLabel {
  const { id, taskId, annotatorId, task } = row;
  const completionIds = task.completions.map(({ completionId }) => completionId);
  const common = { id, taskId, annotatorId, promptId: task.promptId, completionIds };
  switch (row.kind) {
    case "comparison":
      return { ...common, kind: "comparison", comparison: toComparison(row) };
    case "ranking":
      return { ...common, kind: "ranking", ranking: { ranks: row.ranking } };
    case "rating": {
      const criteria = task.rubric?.criteria ?? [];
      const weights = Object.fromEntries(criteria.map((criterion) => [criterion.id, criterion.weight]));
      return { ...common, kind: "rating", rating: { scores: row.rating }, weights };
    }
    case "demonstration": {
      const demonstration = present(row, row.demonstration);
      const { completionId, completion, turns, trainOnAllTurns, rewriteOfCompletionId } = demonstration;
      const content = completion.content;
      return {
        ...common,
        kind: "demonstration",
        completionId,
        demonstration: { content, turns, trainOnAllTurns, rewriteOfCompletionId },
      };
    }
  }
}

function toComparison(row: SnapshotLabel): Comparison {
  const { outcome, strength, chosenCompletionId, rejectedCompletionId } = present(row, row.comparison);
  if (outcome !== "chosen") return { outcome };
  return {
    outcome,
    chosenCompletionId: present(row, chosenCompletionId),
    rejectedCompletionId: present(row, rejectedCompletionId),
    strength: present(row, strength),
  };
}

/** The database's checks promise it; a label without its typed row must stop an export, not thin it out. */
function present<T>(row: SnapshotLabel, value: T | null): T {
  if (value === null) throw new Error(`label ${row.id} lacks the rows of its kind ${row.kind}`);
  return value;
}
