import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Message } from "@/domain/messages";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { type BlindCompletion, blindCompletions } from "./blind-completions";
import { takeTask } from "./take-task";

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
  /** The draft that the server keeps, and when it was kept. */
  draft: { content: string; savedAt: Date } | null;
}

export interface RubricCriterion {
  id: string;
  name: string;
  description: string;
  weight: number;
  steps: { value: number; description: string }[];
}

/**
 * Gives the task that this person has open, else the next free one; null where nothing is left for them.
 * @param input.isAhead the page opens the task only later, and holds it for no more than two minutes till then
 */
export async function nextTask(input: {
  actor: ProjectActor;
  kind?: LabelKind;
  exclude: readonly string[];
  isAhead?: boolean;
}): Promise<LabelTask | null> {
  const { projectId, userId } = requireMember(input.actor);
  const { kind, exclude, isAhead } = input;
  const lease = await takeTask({ projectId, userId, kind, exclude, isAhead });
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
  const { taskId } = lease;
  const task = await readContent(projectId, userId, taskId);
  return {
    taskId,
    kind: toLabelKind(task.kind),
    prompt: { id: task.promptId, messages: task.messages, taskType: task.taskType },
    completions: blindCompletions({ userId, taskId, shown }, task.completions),
    leaseExpiresAt: lease.expiresAt,
    guidelineVersionId: task.guidelineVersionId,
    rubric: task.criteria && { criteria: task.criteria },
    draft: task.draft && { content: task.draft.content, savedAt: new Date(task.draft.savedAt) },
  };
}

interface Content {
  kind: string;
  promptId: string;
  taskType: string;
  messages: Message[];
  completions: { id: string; content: string; finished: boolean }[];
  criteria: RubricCriterion[] | null;
  /** The time is a text, since it comes in JSON. */
  draft: { content: string; savedAt: string } | null;
  guidelineVersionId: string | null;
}

/** Reads everything in one statement, for a page asks for a task with every label. */
async function readContent(projectId: string, userId: string, taskId: string): Promise<Content> {
  const [content] = await database().$queryRaw<Content[]>`
    SELECT t."kind", t."promptId", p."taskType",
      (SELECT json_agg(json_build_object('role', m."role", 'content', m."content") ORDER BY m."position")
       FROM "PromptMessage" m WHERE m."promptId" = p."id") AS "messages",
      (SELECT coalesce(json_agg(json_build_object('id', c."id", 'content', c."content", 'finished', c."finished")
                                ORDER BY tc."position"), '[]')
       FROM "TaskCompletion" tc JOIN "Completion" c ON c."id" = tc."completionId"
       WHERE tc."taskId" = t."id") AS "completions",
      CASE WHEN t."rubricId" IS NOT NULL THEN (
        SELECT coalesce(json_agg(json_build_object(
          'id', c."id", 'name', c."name", 'description', c."description", 'weight', c."weight",
          'steps', (SELECT coalesce(json_agg(json_build_object('value', s."value", 'description', s."description")
                                             ORDER BY s."value"), '[]')
                    FROM "CriterionStep" s WHERE s."criterionId" = c."id")) ORDER BY c."position"), '[]')
        FROM "Criterion" c WHERE c."rubricId" = t."rubricId") END AS "criteria",
      (SELECT json_build_object('content', d."content", 'savedAt', to_char(d."updatedAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
       FROM "LabelDraft" d WHERE d."taskId" = t."id" AND d."userId" = ${userId}::uuid) AS "draft",
      (SELECT g."id" FROM "GuidelineVersion" g WHERE g."projectId" = ${projectId}::uuid
       ORDER BY g."version" DESC LIMIT 1) AS "guidelineVersionId"
    FROM "Task" t JOIN "Prompt" p ON p."id" = t."promptId"
    WHERE t."id" = ${taskId}::uuid`;
  if (!content) throw new Error(`task ${taskId} is gone`);
  return content;
}
