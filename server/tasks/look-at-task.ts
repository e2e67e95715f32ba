import { DomainError } from "@/domain/errors";
import { preferredCompletions } from "@/domain/labels/answer";
import type { Message } from "@/domain/messages";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { lettersOfTask } from "../labels/blind-completions";
import { answerSelect, readAnswer } from "../labels/kinds";
import { labelPerson, namedPersonSelect } from "../labels/label-person";
import { messagesInOrder } from "../prompts/prompt-text";

/** A task as an admin looks into it. */
export interface TaskLook {
  messages: Message[];
  /** The task's own completions in the order of their letters, which are the same for everybody. */
  completions: {
    id: string;
    name: string;
    content: string;
    finished: boolean;
    model: { id: string; name: string } | null;
    /** The people who found this completion the best one. */
    preferredBy: string[];
  }[];
}

/** A task with more labels than this is no task for people to look at one by one. */
const LABELS_SHOWN = 200;

/**
 * Reads one task with its completions and who prefers which.
 * @throws DomainError `task-not-found`
 */
export async function lookAtTask(input: { actor: ProjectActor; taskId: string }): Promise<TaskLook> {
  const { projectId } = requireAdmin(input.actor);
  const { taskId } = input;
  const task = await database().task.findFirst({
    where: { id: taskId, projectId },
    select: {
      prompt: { select: { messages: messagesInOrder } },
      completions: {
        select: {
          completion: {
            select: { id: true, content: true, finished: true, modelVersion: { select: { id: true, name: true } } },
          },
        },
      },
      labels: {
        where: liveLabel,
        orderBy: { id: "asc" },
        take: LABELS_SHOWN,
        select: { id: true, kind: true, ...namedPersonSelect, ...answerSelect },
      },
    },
  });
  if (!task) throw new DomainError("task-not-found", `no task ${taskId} in ${projectId}`, "There is no such task.");
  const nameOf = lettersOfTask(
    taskId,
    task.completions.map(({ completion }) => completion.id),
  );
  const preferences = task.labels.map((label) => ({
    person: labelPerson(label).name,
    ids: preferredCompletions(readAnswer(label)),
  }));
  return {
    messages: task.prompt.messages,
    completions: task.completions
      .map(({ completion: { modelVersion, ...completion } }) => ({
        ...completion,
        name: nameOf(completion.id),
        model: modelVersion,
        preferredBy: preferences.flatMap(({ person, ids }) => (ids.includes(completion.id) ? [person] : [])),
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}
