import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Message } from "@/domain/messages";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { type BlindCompletion, blindCompletions } from "./blind-completions";
import { findOwnLease, takeLease } from "./lease-task";

/** A task as its annotator sees it: nothing in it tells where a completion came from. */
export interface LabelTask {
  taskId: string;
  kind: LabelKind;
  prompt: { id: string; messages: Message[]; taskType: string };
  /** The completions in the order in which they are to be shown. */
  completions: BlindCompletion[];
  /** The end of the lease; null where the task is only looked at again, to correct an answer. */
  leaseExpiresAt: Date | null;
  guidelineVersionId: string | null;
  rubric: { criteria: RubricCriterion[] } | null;
  draft: string | null;
}

export interface RubricCriterion {
  id: string;
  name: string;
  description: string;
  weight: number;
  steps: { value: number; description: string }[];
}

/** Gives the task that this person has open, else the next free one; null where nothing is left for them. */
export async function nextTask(input: {
  actor: ProjectActor;
  kind?: LabelKind;
  exclude: readonly string[];
}): Promise<LabelTask | null> {
  const { projectId, userId } = requireMember(input.actor);
  const wish = { projectId, userId, kind: input.kind, exclude: input.exclude };
  const lease = (await findOwnLease(wish)) ?? (await takeLease(wish));
  return lease && readLabelTask(projectId, userId, lease);
}

/**
 * Reads a task with all that its page needs; the guidelines are those in force now.
 * @param shown the completions in the order in which the person has seen them, where the task is looked at again
 */
export async function readLabelTask(
  projectId: string,
  userId: string,
  lease: { taskId: string; expiresAt: Date | null },
  shown?: readonly string[],
): Promise<LabelTask> {
  const [task, guidelines] = await Promise.all([
    database().task.findUniqueOrThrow({
      where: { id: lease.taskId },
      select: {
        kind: true,
        prompt: {
          select: {
            id: true,
            taskType: true,
            messages: { orderBy: { position: "asc" }, select: { role: true, content: true } },
          },
        },
        completions: {
          orderBy: { position: "asc" },
          select: { completion: { select: { id: true, content: true, finished: true } } },
        },
        rubric: {
          select: {
            criteria: {
              orderBy: { position: "asc" },
              select: {
                id: true,
                name: true,
                description: true,
                weight: true,
                steps: { orderBy: { value: "asc" }, select: { value: true, description: true } },
              },
            },
          },
        },
        drafts: { where: { userId }, select: { content: true } },
      },
    }),
    database().guidelineVersion.findFirst({
      where: { projectId },
      orderBy: { version: "desc" },
      select: { id: true },
    }),
  ]);
  return {
    taskId: lease.taskId,
    kind: toLabelKind(task.kind),
    prompt: task.prompt,
    completions: blindCompletions(
      { userId, taskId: lease.taskId, shown },
      task.completions.map(({ completion }) => completion),
    ),
    leaseExpiresAt: lease.expiresAt,
    guidelineVersionId: guidelines?.id ?? null,
    rubric: task.rubric,
    draft: task.drafts[0]?.content ?? null,
  };
}
