import { DomainError } from "@/domain/errors";
import type { LabelAnswer } from "@/domain/labels/kinds";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { blindAnswer } from "./blind-completions";
import { answerSelect, readAnswer } from "./kinds";
import { type LabelTask, readLabelTask } from "./next-task";

/** The answer, in the shape in which it was sent. */
export type GivenAnswer = { note: string | null } & LabelAnswer;

/**
 * Reads one of the person's own labels with its task as it stood on the page, to be corrected.
 * @throws DomainError `label-not-found`, `label-not-live-conflict`
 */
export async function reopenLabel(input: {
  actor: ProjectActor;
  labelId: string;
}): Promise<{ task: LabelTask; answer: GivenAnswer }> {
  const { projectId, userId } = requireMember(input.actor);
  const { labelId } = input;
  const label = await readOwnLabel(projectId, userId, labelId);
  if (!label) throw new DomainError("label-not-found", `no label ${labelId} of ${userId}`, "There is no such label.");
  if (label.withdrawal || label.supersededBy)
    throw new DomainError(
      "label-not-live-conflict",
      `label ${labelId} is withdrawn or superseded`,
      "This answer was already corrected or taken back.",
    );
  const { taskId } = label;
  const shown = label.presentation.map(({ completionId }) => completionId);
  const task = await readLabelTask(projectId, userId, { taskId, expiresAt: null }, shown);
  return {
    task: { ...task, draft: null },
    answer: { note: label.note, ...blindAnswer(userId, taskId, readAnswer(label)) },
  };
}

const readOwnLabel = (projectId: string, userId: string, labelId: string) =>
  database().label.findFirst({
    where: { id: labelId, projectId, annotatorId: userId, importId: null },
    select: {
      taskId: true,
      note: true,
      withdrawal: { select: { labelId: true } },
      supersededBy: { select: { id: true } },
      id: true,
      kind: true,
      presentation: { orderBy: { position: "asc" }, select: { completionId: true } },
      ...answerSelect,
    },
  });
