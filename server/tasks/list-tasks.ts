import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { after, pageOf } from "../database/page";
import { findRewardModel } from "../models/find-model";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { measureAgreement } from "../scores/measure-agreement";
import { type GapOrder, idsByGap } from "./order-by-gap";
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
  status?: TaskStatus;
  promptId?: string;
  rewardModelId?: string;
  order?: "newest" | GapOrder;
  disagreed?: boolean;
}): Promise<TaskPage> {
  const { projectId } = requireAdmin(input.actor);
  const { cursor, limit, kind, status, promptId, order = "newest" } = input;
  const rewardModel = input.rewardModelId && (await findRewardModel(database(), projectId, input.rewardModelId));
  const rewardModelId = rewardModel ? rewardModel.id : undefined;
  const ids =
    rewardModelId && input.disagreed
      ? (await measureAgreement({ projectId, modelVersionId: rewardModelId })).disagreedTaskIds
      : undefined;
  const scope = { projectId, kind, promptId, ...(ids && { id: { in: ids } }) };
  const gapOrder =
    rewardModelId && order !== "newest"
      ? await idsByGap({
          projectId,
          rewardModelId,
          order,
          kind,
          status,
          promptId,
          cursor,
          ids,
          limit: limit + 1,
        })
      : undefined;
  const count = (of: TaskStatus) => database().task.count({ where: { ...scope, ...STATUS_FILTER[of] } });
  const [tasks, open, done, archived] = await Promise.all([
    database().task.findMany({
      where: gapOrder ? { id: { in: gapOrder } } : { AND: [scope, status ? STATUS_FILTER[status] : {}, after(cursor)] },
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
        assignees: { orderBy: { user: { name: "asc" } }, select: { user: { select: { id: true, name: true } } } },
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
        _count: { select: { labels: { where: liveLabel } } },
      },
    }),
    count("open"),
    count("done"),
    count("archived"),
  ]);
  if (gapOrder) tasks.sort((a, b) => gapOrder.indexOf(a.id) - gapOrder.indexOf(b.id));
  const rows = tasks.map((task) => ({
    id: task.id,
    kind: toLabelKind(task.kind),
    promptId: task.prompt.id,
    promptText: promptText(task.prompt.messages),
    taskType: task.prompt.taskType,
    requiredLabels: task.requiredLabels,
    labelCount: task._count.labels,
    status: taskStatus(task),
    modelNames: [...new Set(task.completions.flatMap(({ completion }) => completion.modelVersion?.name ?? []))],
    completions: task.completions.map(({ completion: { id, content, finished, rewardScores } }) => ({
      id,
      finished,
      excerpt: content.slice(0, EXCERPT_LENGTH),
      score: rewardScores[0]?.score ?? null,
    })),
    annotators: task.assignees.map(({ user }) => user),
    createdAt: task.createdAt,
  }));
  return { ...pageOf(rows, limit), counts: { open, done, archived } };
}
