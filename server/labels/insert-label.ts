import type { LabelSubmission } from "@/domain/labels/submission";
import type { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import type { LockedTask } from "../tasks/lock-task";

/** Writes an answer that has been checked: the label, what was shown, and the typed rows of its kind. */
export async function insertLabel(
  tx: Transaction,
  input: {
    projectId: string;
    userId: string;
    task: LockedTask;
    submission: LabelSubmission;
    supersedesId?: string;
  },
): Promise<string> {
  const { projectId, userId, task, submission, supersedesId } = input;
  const guidelines = await tx.guidelineVersion.findFirst({
    where: { projectId },
    orderBy: { version: "desc" },
    select: { id: true },
  });
  const label = await tx.label.create({
    data: {
      projectId,
      taskId: task.id,
      annotatorId: userId,
      kind: submission.kind,
      idempotencyKey: submission.idempotencyKey,
      supersedesId,
      guidelineVersionId: guidelines?.id,
      durationMs: submission.durationMs,
      note: submission.note || null,
      flagged: submission.flagged ?? false,
      presentation: {
        createMany: { data: submission.shownOrder.map((completionId, position) => ({ completionId, position })) },
      },
      ...(await answerRows(tx, input)),
    },
    select: { id: true },
  });
  return label.id;
}

type AnswerRows = Pick<Prisma.LabelUncheckedCreateInput, "comparison" | "ranking" | "rating" | "demonstration">;

async function answerRows(
  tx: Transaction,
  { projectId, userId, task, submission }: Parameters<typeof insertLabel>[1],
): Promise<AnswerRows> {
  switch (submission.kind) {
    case "comparison":
      return { comparison: { create: submission.comparison } };
    case "ranking":
      return { ranking: { createMany: { data: submission.ranking.ranks } } };
    case "rating":
      return { rating: { createMany: { data: submission.rating.scores } } };
    case "demonstration": {
      const { content, turns, trainOnAllTurns, rewriteOfCompletionId } = submission.demonstration;
      const completion = await tx.completion.create({
        data: { projectId, promptId: task.promptId, origin: "person", authorId: userId, content },
        select: { id: true },
      });
      const messages = turns.map((turn, position) => ({ ...turn, position }));
      return {
        demonstration: {
          create: {
            completionId: completion.id,
            trainOnAllTurns,
            rewriteOfCompletionId,
            turns: { createMany: { data: messages } },
          },
        },
      };
    }
  }
}
