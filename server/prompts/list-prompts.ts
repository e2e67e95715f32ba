import type { Message } from "@/domain/messages";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { after, pageOf } from "../database/page";
import { messagesInOrder } from "./prompt-text";

export interface PromptRow {
  id: string;
  taskType: string;
  split: "train" | "validation";
  messages: Message[];
  completionCount: number;
  taskCount: number;
  labelCount: number;
  createdAt: Date;
  archivedAt: Date | null;
}

export interface PromptPage {
  rows: PromptRow[];
  nextCursor: string | null;
  /** The number of all prompts that match, not only of those on this page. */
  total: number;
  /** The number of prompts in the whole project, archived ones left out. */
  taskTypes: { name: string; count: number }[];
}

export const promptRowSelect = {
  id: true,
  taskType: true,
  split: true,
  createdAt: true,
  archivedAt: true,
  messages: messagesInOrder,
  _count: { select: { completions: true, tasks: { where: { archivedAt: null } } } },
} as const satisfies Prisma.PromptSelect;

/** Lists the project's prompts, newest first. `search` looks for a piece of text in any turn. */
export async function listPrompts(input: {
  actor: ProjectActor;
  cursor?: string | null;
  limit: number;
  taskType?: string;
  search?: string;
  archived: boolean;
}): Promise<PromptPage> {
  const { projectId } = requireAdmin(input.actor);
  const { cursor, limit, taskType, search, archived } = input;
  const where: Prisma.PromptWhereInput = {
    projectId,
    taskType,
    archivedAt: archived ? { not: null } : null,
    ...(search && { messages: { some: { content: { contains: search, mode: "insensitive" } } } }),
  };
  const [prompts, total, taskTypes] = await Promise.all([
    database().prompt.findMany({
      where: { AND: [where, after(cursor)] },
      orderBy: { id: "desc" },
      take: limit + 1,
      select: promptRowSelect,
    }),
    database().prompt.count({ where }),
    countTaskTypes(projectId),
  ]);
  const labelCounts = await countLabelsOfPrompts(prompts.map(({ id }) => id));
  const rows = prompts.map(({ _count, ...prompt }) => ({
    ...prompt,
    completionCount: _count.completions,
    taskCount: _count.tasks,
    labelCount: labelCounts.get(prompt.id) ?? 0,
  }));
  return { ...pageOf(rows, limit), total, taskTypes };
}

/** Counts the prompts of each task type in the project, most frequent first. */
export async function countTaskTypes(projectId: string): Promise<{ name: string; count: number }[]> {
  const groups = await database().prompt.groupBy({
    by: ["taskType"],
    where: { projectId, archivedAt: null },
    _count: true,
    orderBy: [{ _count: { taskType: "desc" } }, { taskType: "asc" }],
  });
  return groups.map((group) => ({ name: group.taskType, count: group._count }));
}

/** Counts the live labels on the tasks of each of these prompts; a prompt without any is not in the map. */
async function countLabelsOfPrompts(promptIds: string[]): Promise<Map<string, number>> {
  const rows = await database().$queryRaw<{ promptId: string; count: number }[]>`
    SELECT t."promptId", count(*)::int AS "count" FROM "LiveLabel" l JOIN "Task" t ON t."id" = l."taskId"
    WHERE t."promptId" = ANY(${promptIds}::uuid[]) GROUP BY t."promptId"`;
  return new Map(rows.map(({ promptId, count }) => [promptId, count]));
}
