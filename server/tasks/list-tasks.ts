import type { LabelKind } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { after, pageOf } from "../database/page";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { type TaskStatus, taskStatus } from "./task-status";

export interface TaskRow {
  id: string;
  kind: LabelKind;
  promptId: string;
  promptText: string;
  taskType: string;
  requiredLabels: number;
  labelCount: number;
  status: TaskStatus;
  /** Whose completions stand in it; empty where people wrote them. */
  modelNames: string[];
  createdAt: Date;
}

export interface TaskPage {
  rows: TaskRow[];
  nextCursor: string | null;
  counts: Record<TaskStatus, number>;
}

const STATUS_FILTER: Record<TaskStatus, Prisma.TaskWhereInput> = {
  open: { archivedAt: null, completedAt: null },
  done: { archivedAt: null, completedAt: { not: null } },
  archived: { archivedAt: { not: null } },
};

/** The project's tasks, newest first. */
export async function listTasks(input: {
  projectId: string;
  cursor?: string | null;
  limit: number;
  kind?: LabelKind;
  status?: TaskStatus;
  promptId?: string;
}): Promise<TaskPage> {
  const { projectId, cursor, limit, kind, status, promptId } = input;
  const scope = { projectId, kind, promptId };
  const count = (of: TaskStatus) => database().task.count({ where: { ...scope, ...STATUS_FILTER[of] } });
  const [tasks, open, done, archived] = await Promise.all([
    database().task.findMany({
      where: { ...scope, ...(status && STATUS_FILTER[status]), ...after(cursor) },
      orderBy: { id: "desc" },
      take: limit + 1,
      select: {
        id: true,
        kind: true,
        requiredLabels: true,
        archivedAt: true,
        completedAt: true,
        createdAt: true,
        prompt: { select: { id: true, taskType: true, messages: messagesInOrder } },
        completions: {
          orderBy: { position: "asc" },
          select: { completion: { select: { modelVersion: { select: { name: true } } } } },
        },
        _count: { select: { labels: { where: liveLabel } } },
      },
    }),
    count("open"),
    count("done"),
    count("archived"),
  ]);
  const rows = tasks.map((task) => ({
    id: task.id,
    kind: task.kind,
    promptId: task.prompt.id,
    promptText: promptText(task.prompt.messages),
    taskType: task.prompt.taskType,
    requiredLabels: task.requiredLabels,
    labelCount: task._count.labels,
    status: taskStatus(task),
    modelNames: [...new Set(task.completions.flatMap(({ completion }) => completion.modelVersion?.name ?? []))],
    createdAt: task.createdAt,
  }));
  return { ...pageOf(rows, limit), counts: { open, done, archived } };
}
