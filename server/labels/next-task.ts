import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Message } from "@/domain/messages";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { findOwnLease, takeLease } from "./lease-task";
import { shownOrder } from "./shown-order";

/** A task as its annotator sees it: nothing in it tells where a completion came from. */
export interface LabelTask {
  taskId: string;
  kind: LabelKind;
  prompt: { id: string; messages: Message[]; taskType: string };
  /**
   * The completions in the order in which they are to be shown; `finished` is false where the token limit cut the text.
   */
  completions: { id: string; content: string; finished: boolean }[];
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

/** Reads a task with all that its page needs; the guidelines are those in force now. */
export async function readLabelTask(
  projectId: string,
  userId: string,
  lease: { taskId: string; expiresAt: Date | null },
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
  const byId = new Map(task.completions.map(({ completion }) => [completion.id, completion]));
  return {
    taskId: lease.taskId,
    kind: toLabelKind(task.kind),
    prompt: task.prompt,
    completions: shownOrder(userId, lease.taskId, [...byId.keys()]).flatMap((id) => byId.get(id) ?? []),
    leaseExpiresAt: lease.expiresAt,
    guidelineVersionId: guidelines?.id ?? null,
    rubric: task.rubric,
    draft: task.drafts[0]?.content ?? null,
  };
}
