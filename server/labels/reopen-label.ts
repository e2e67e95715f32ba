import { DomainError } from "@/domain/errors";
import type { Comparison } from "@/domain/labels/comparison";
import type { Demonstration } from "@/domain/labels/demonstration";
import type { Ranking } from "@/domain/labels/ranking";
import type { Rating } from "@/domain/labels/rating";
import { database } from "../database/client";
import { type LabelTask, readLabelTask } from "./read-label-task";

/** What was said, in the shape in which it was sent. */
export type GivenAnswer = { note: string | null } & (
  | { kind: "comparison"; comparison: Comparison }
  | { kind: "ranking"; ranking: Ranking }
  | { kind: "rating"; rating: Rating }
  | { kind: "demonstration"; demonstration: Demonstration }
);

/**
 * A label of one's own with its task, as it stood on the page, to be corrected.
 * @throws DomainError `label-not-found`, `label-not-live-conflict`
 */
export async function reopenLabel(input: {
  projectId: string;
  userId: string;
  labelId: string;
}): Promise<{ task: LabelTask; answer: GivenAnswer }> {
  const { projectId, userId, labelId } = input;
  const label = await readOwnLabel(projectId, userId, labelId);
  if (!label) throw new DomainError("label-not-found", `no label ${labelId} of ${userId}`, "There is no such label.");
  if (label.withdrawal || label.supersededBy)
    throw new DomainError(
      "label-not-live-conflict",
      `label ${labelId} is withdrawn or superseded`,
      "This answer was already corrected or taken back.",
    );
  const task = await readLabelTask(projectId, userId, { taskId: label.taskId, expiresAt: null });
  return { task: { ...task, draft: null }, answer: { note: label.note, ...answerOf(label) } };
}

const readOwnLabel = (projectId: string, userId: string, labelId: string) =>
  database().label.findFirst({
    where: { id: labelId, projectId, annotatorId: userId },
    select: {
      taskId: true,
      note: true,
      withdrawal: { select: { labelId: true } },
      supersededBy: { select: { id: true } },
      comparison: true,
      ranking: { select: { completionId: true, rank: true } },
      rating: { select: { completionId: true, criterionId: true, score: true } },
      demonstration: {
        select: {
          rewriteOfCompletionId: true,
          trainOnAllTurns: true,
          completion: { select: { content: true } },
          turns: { orderBy: { position: "asc" }, select: { role: true, content: true } },
        },
      },
    },
  });

type OwnLabel = NonNullable<Awaited<ReturnType<typeof readOwnLabel>>>;

function answerOf({ comparison, demonstration, ranking, rating }: OwnLabel) {
  if (comparison) return { kind: "comparison" as const, comparison: comparisonOf(comparison) };
  if (demonstration) {
    const { completion, ...rest } = demonstration;
    return { kind: "demonstration" as const, demonstration: { ...rest, content: completion.content } };
  }
  if (ranking.length > 0) return { kind: "ranking" as const, ranking: { ranks: ranking } };
  return { kind: "rating" as const, rating: { scores: rating } };
}

function comparisonOf(row: NonNullable<OwnLabel["comparison"]>): Comparison {
  const { outcome, strength, chosenCompletionId, rejectedCompletionId } = row;
  if (outcome !== "chosen") return { outcome };
  // The database's own check: who chose has both sides and a strength.
  if (!strength || !chosenCompletionId || !rejectedCompletionId)
    throw new Error(`comparison ${row.labelId} is incomplete`);
  return { outcome, strength, chosenCompletionId, rejectedCompletionId };
}
