import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { pageOf } from "../database/page";
import { findRewardModel } from "../models/find-model";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { measureAgreement } from "../scores/measure-agreement";
import { findTaskIds, type ListedStatus, type TaskOrder, type TaskScope, tasksOf } from "./find-task-ids";
import { countStuckTasks, explainStuckTasks, type StuckReason } from "./stuck-tasks";
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
  /** The models whose completions stand in the task; empty where people wrote them. */
  modelNames: string[];
  /** The people who may do the task; an empty list means everyone in the project. */
  annotators: { id: string; name: string }[];
  /** The completions in the task's own order; `score` is the chosen reward model's. */
  completions: {
    id: string;
    excerpt: string;
    /** False where the token limit cut the completion. */
    finished: boolean;
    score: number | null;
  }[];
  /** Who has the task open now, and until when the place is held for them. */
  heldBy: { id: string; name: string; until: Date }[];
  /** Why nobody can do the task; null where somebody can, or it is not open. */
  stuck: StuckReason | null;
  createdAt: Date;
}

export interface TaskPage {
  rows: TaskRow[];
  nextCursor: string | null;
  /** The numbers of tasks by status, told with the first page only; `open` holds the stuck ones as well. */
  counts: Record<TaskStatus, number> | null;
}

/** The id matches no row: without a reward model there are no scores. */
const NO_MODEL = "00000000-0000-0000-0000-000000000000";
const EXCERPT_LENGTH = 200;

/**
 * Lists the project's tasks, newest first, or by the gap between the scores of a reward model.
 * @param input.disagreed only tasks in which the reward model and the people order a pair differently
 * @throws DomainError `model-not-found`, `model-scores-nothing`
 */
export async function listTasks(input: {
  actor: ProjectActor;
  cursor?: string | null;
  limit: number;
  kind?: LabelKind;
  status?: ListedStatus;
  promptId?: string;
  rewardModelId?: string;
  order?: TaskOrder;
  disagreed?: boolean;
}): Promise<TaskPage> {
  const { projectId } = requireAdmin(input.actor);
  const { cursor, limit, kind, status, promptId, order = "newest" } = input;
  const rewardModel = input.rewardModelId && (await findRewardModel(database(), projectId, input.rewardModelId));
  const rewardModelId = rewardModel ? rewardModel.id : undefined;
  const disagreedWith = input.disagreed ? rewardModelId : undefined;
  if (disagreedWith) await measureAgreement({ projectId, modelVersionId: disagreedWith }); // its rows are of now
  const scope: TaskScope = { projectId, kind, promptId, disagreedWith };
  const [found, counts] = await Promise.all([
    findTaskIds({ scope, status, order, rewardModelId, cursor, limit: limit + 1 }),
    cursor ? null : countByStatus(scope),
  ]);
  const page = pageOf(
    found.map((id) => ({ id })),
    limit,
  );
  const rows = await readRows(
    page.rows.map(({ id }) => id),
    rewardModelId,
  );
  return { rows, nextCursor: page.nextCursor, counts };
}

/** Counts the open tasks that nobody can do; it takes longer than a page, so it is asked for by itself. */
export async function countStuck({ actor, kind }: { actor: ProjectActor; kind?: LabelKind }): Promise<number> {
  return countStuckTasks(requireAdmin(actor).projectId, kind);
}

async function countByStatus(scope: TaskScope): Promise<Record<TaskStatus, number>> {
  const [row] = await database().$queryRaw<Record<TaskStatus, number>[]>`
    SELECT count(*) FILTER (WHERE t."archivedAt" IS NULL AND t."completedAt" IS NULL)::int AS "open",
      count(*) FILTER (WHERE t."archivedAt" IS NULL AND t."completedAt" IS NOT NULL)::int AS "done",
      count(*) FILTER (WHERE t."archivedAt" IS NOT NULL)::int AS "archived"
    FROM "Task" t WHERE ${tasksOf(scope, undefined)}`;
  return row ?? { open: 0, done: 0, archived: 0 };
}

/** Reads the tasks of a page in the order of their ids. What is counted is counted of these tasks alone. */
async function readRows(ids: string[], rewardModelId: string | undefined): Promise<TaskRow[]> {
  const [tasks, stuck] = await Promise.all([
    database().task.findMany({
      where: { id: { in: ids } },
      select: {
        id: true,
        kind: true,
        requiredLabels: true,
        labelCount: true,
        archivedAt: true,
        completedAt: true,
        createdAt: true,
        prompt: { select: { id: true, taskType: true, messages: messagesInOrder } },
        assignees: { orderBy: { user: { name: "asc" } }, select: { user: { select: { id: true, name: true } } } },
        leases: {
          where: { expiresAt: { gt: new Date() } },
          orderBy: { expiresAt: "asc" },
          select: { expiresAt: true, user: { select: { id: true, name: true } } },
        },
        completions: {
          orderBy: { position: "asc" },
          select: {
            completion: {
              select: {
                id: true,
                content: true,
                finished: true,
                modelVersion: { select: { name: true } },
                rewardScores: { where: { modelVersionId: rewardModelId ?? NO_MODEL }, select: { score: true } },
              },
            },
          },
        },
      },
    }),
    explainStuckTasks(ids),
  ]);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return ids
    .flatMap((id) => byId.get(id) ?? [])
    .map((task) => ({
      id: task.id,
      kind: toLabelKind(task.kind),
      promptId: task.prompt.id,
      promptText: promptText(task.prompt.messages),
      taskType: task.prompt.taskType,
      requiredLabels: task.requiredLabels,
      labelCount: task.labelCount,
      status: taskStatus(task),
      modelNames: [...new Set(task.completions.flatMap(({ completion }) => completion.modelVersion?.name ?? []))],
      completions: task.completions.map(({ completion: { id, content, finished, rewardScores } }) => ({
        id,
        finished,
        excerpt: content.slice(0, EXCERPT_LENGTH),
        score: rewardScores[0]?.score ?? null,
      })),
      annotators: task.assignees.map(({ user }) => user),
      heldBy: task.leases.map(({ user, expiresAt }) => ({ ...user, until: expiresAt })),
      stuck: stuck.get(task.id) ?? null,
      createdAt: task.createdAt,
    }));
}
