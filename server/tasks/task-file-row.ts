import type { Prisma } from "@/generated/prisma/client";
import { messagesInOrder } from "../prompts/prompt-text";
import { taskStatus } from "./task-status";

export const completionFileSelect = {
  ...{ id: true, sourceId: true, content: true, finished: true, origin: true, sourceOrigin: true, sourceModel: true },
  modelVersion: { select: { name: true } },
} as const satisfies Prisma.CompletionSelect;

export const taskFileSelect = {
  ...{
    id: true,
    sourceId: true,
    kind: true,
    requiredLabels: true,
    priority: true,
    archivedAt: true,
    completedAt: true,
  },
  prompt: { select: { id: true, taskType: true, split: true, archivedAt: true, messages: messagesInOrder } },
  completions: { orderBy: { position: "asc" }, select: { completion: { select: completionFileSelect } } },
  rubric: {
    select: {
      criteria: {
        orderBy: { position: "asc" },
        select: {
          ...{ id: true, name: true, weight: true, description: true },
          steps: { orderBy: { value: "asc" }, select: { description: true } },
        },
      },
    },
  },
} as const satisfies Prisma.TaskSelect;

type FileTaskRow = Prisma.TaskGetPayload<{ select: typeof taskFileSelect }>;
type FileCompletionRow = Prisma.CompletionGetPayload<{ select: typeof completionFileSelect }>;

/**
 * Gives the id under which a row travels: what came with a file keeps the id that it had there, so that it is known
 * again wherever the file goes.
 */
export const fileIdOf = ({ id, sourceId }: { id: string; sourceId: string | null }): string => sourceId ?? id;

/** Writes a completion with the name of its model as a text, since the model itself does not travel. */
export function completionInFile({ content, finished, origin, ...of }: FileCompletionRow): Record<string, unknown> {
  const model = of.modelVersion?.name ?? of.sourceModel;
  return {
    ...{ id: fileIdOf(of), content },
    ...(!finished && { finished }),
    origin: of.sourceOrigin ?? origin,
    ...(model !== null && { model }),
  };
}

/** Writes a task as the rows of labels and of open tasks hold it. */
export function taskInFile(task: FileTaskRow): Record<string, unknown> {
  const { prompt, completions, rubric, kind, requiredLabels, priority } = task;
  return {
    prompt: prompt.messages,
    kind,
    completions: completions.map(({ completion }) => completionInFile(completion)),
    ...(rubric && {
      rubric: rubric.criteria.map(({ steps, description, ...criterion }) => ({
        ...criterion,
        ...(description !== "" && { description }),
        ...(steps.some((step) => step.description !== "") && { steps: steps.map((step) => step.description) }),
      })),
    }),
    ...{ taskType: prompt.taskType, split: prompt.split, taskId: fileIdOf(task), promptId: prompt.id },
    // Nobody is asked about an archived prompt, and the prompt itself comes back as one in use.
    ...{ requiredLabels, priority, status: prompt.archivedAt ? "archived" : taskStatus(task) },
  };
}
