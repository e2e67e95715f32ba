import { Readable } from "node:stream";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { taskFileSelect, taskInFile } from "./task-file-row";

/** Tasks that are read at once: a project of any size takes the memory of one page. */
const PAGE = 500;

/** What the export of open tasks holds, and what it can't, said before anybody downloads it. */
export interface TaskExportCounts {
  tasks: number;
  leftOut: { reason: string; count: number }[];
  /** The open tasks that are for named people, who are not in the file. */
  assigned: number;
}

const openTask = { archivedAt: null, completedAt: null } as const;

/** Counts what `openTaskExport` gives. */
export async function countTaskExport(actor: ProjectActor): Promise<TaskExportCounts> {
  const { projectId } = requireAdmin(actor);
  const [tasks, done, archived, assigned] = await Promise.all([
    database().task.count({ where: { projectId, ...openTask, prompt: { archivedAt: null } } }),
    database().task.count({ where: { projectId, archivedAt: null, completedAt: { not: null } } }),
    database().task.count({
      where: { projectId, OR: [{ archivedAt: { not: null } }, { ...openTask, prompt: { archivedAt: { not: null } } }] },
    }),
    database().task.count({
      where: { projectId, ...openTask, prompt: { archivedAt: null }, assignees: { some: {} } },
    }),
  ]);
  const leftOut = [
    { reason: "that have all their labels; the labels’ own export holds them", count: done },
    { reason: "that are archived, or whose prompt is", count: archived },
  ];
  return { tasks, assigned, leftOut: leftOut.filter(({ count }) => count > 0) };
}

/** The project's open tasks as JSONL, oldest first, page by page as they are sent. An import makes them open tasks again. */
export function openTaskExport(input: { actor: ProjectActor }): Readable {
  const { projectId } = requireAdmin(input.actor);
  return Readable.from(lines(projectId), { objectMode: false });
}

async function* lines(projectId: string): AsyncGenerator<string> {
  for (let last: string | undefined; ; ) {
    const tasks = await database().task.findMany({
      where: { projectId, ...openTask, prompt: { archivedAt: null }, ...(last && { id: { gt: last } }) },
      orderBy: { id: "asc" },
      take: PAGE,
      select: taskFileSelect,
    });
    for (const task of tasks) yield `${JSON.stringify(taskInFile(task))}\n`;
    last = tasks.at(-1)?.id;
    if (tasks.length < PAGE) return;
  }
}
