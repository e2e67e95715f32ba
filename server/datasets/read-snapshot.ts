import type { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { answerJson } from "../labels/kinds";

/** A label as a snapshot reads it: what says whether it counts, and its answer as `server/labels/kinds.ts` reads it. */
export interface SnapshotLabel {
  id: string;
  kind: string;
  annotatorId: string;
  importId: string | null;
  sourceAnnotatorId: string | null;
  isSuperseded: boolean;
  isWithdrawn: boolean;
  answer: unknown;
}

/** A task with all its labels, live or not, oldest first. */
export interface SnapshotTask {
  id: string;
  importId: string | null;
  sourceGroupId: string | null;
  promptId: string;
  split: "train" | "validation";
  taskType: string;
  /** True where the prompt is archived. */
  isArchived: boolean;
  /** The completions, in the task's own order. */
  completionIds: string[];
  criteria: { id: string; weight: number }[];
  labels: SnapshotLabel[];
}

/** A page is read within some ten milliseconds, so that the process serves others between two pages. */
const LABELS_AT_ONCE = 2_000;
const MOST_TASKS_AT_ONCE = 500;
const FIRST_PAGE = 50;

/**
 * Reads all labels of a project, task by task in the order of the tasks' ids, a page of tasks at a time: whoever goes
 * through a million labels keeps a few thousand. The database reads a page while the caller works on the one before.
 * Call it in a REPEATABLE READ transaction, so that the result is of one moment.
 */
export async function* readSnapshot(db: Database, projectId: string): AsyncGenerator<SnapshotTask[], void> {
  const criteria = await readCriteria(db, projectId);
  const begin = (after: string, limit: number) => {
    const page = readTasks(db, projectId, after, limit);
    page.catch(() => undefined); // a failure is thrown to whoever takes the page
    return page;
  };
  let next = begin(NO_ID, FIRST_PAGE);
  try {
    for (;;) {
      const rows = await next;
      const last = rows.at(-1);
      if (!last) return;
      const perTask = rows.reduce((sum, { labels }) => sum + labels.length, 0) / rows.length;
      next = begin(last.id, Math.max(1, Math.min(MOST_TASKS_AT_ONCE, Math.floor(LABELS_AT_ONCE / perTask))));
      yield rows.map((row) => toTask(row, criteria));
    }
  } finally {
    await next.catch(() => undefined); // a transaction must not end with a query under way
  }
}

const NO_ID = "00000000-0000-0000-0000-000000000000";

interface TaskRow extends Omit<SnapshotTask, "criteria" | "labels"> {
  rubricId: string | null;
  labels: [
    id: string,
    kind: string,
    annotatorId: string,
    importId: string | null,
    sourceAnnotatorId: string | null,
    isSuperseded: "true" | "false",
    isWithdrawn: "true" | "false",
  ][];
  answers: unknown[];
}

/**
 * One row a task, its labels aggregated in the database, which costs this process least. Arrays of text are what the
 * database writes as JSON most quickly: objects with keys take twice the time of the whole.
 */
const readTasks = (db: Database, projectId: string, after: string, limit: number) =>
  db.$queryRaw<TaskRow[]>`
    SELECT t."id", t."importId", t."sourceGroupId", t."rubricId", t."promptId", p."split"::text AS "split",
           p."taskType", p."archivedAt" IS NOT NULL AS "isArchived",
           coalesce((SELECT json_agg(tc."completionId" ORDER BY tc."position")
                     FROM "TaskCompletion" tc WHERE tc."taskId" = t."id"), '[]') AS "completionIds",
           given."labels", given."answers"
    FROM "Task" t
    JOIN "Prompt" p ON p."id" = t."promptId"
    CROSS JOIN LATERAL (
      SELECT json_agg(ARRAY[l."id"::text, l."kind", l."annotatorId"::text, l."importId"::text, l."sourceAnnotatorId",
                            (s."id" IS NOT NULL)::text, (w."labelId" IS NOT NULL)::text] ORDER BY l."id") AS "labels",
             json_agg(${answerJson} ORDER BY l."id") AS "answers"
      FROM "Label" l
      LEFT JOIN "Label" s ON s."supersedesId" = l."id"
      LEFT JOIN "LabelWithdrawal" w ON w."labelId" = l."id"
      WHERE l."taskId" = t."id") given
    WHERE t."projectId" = ${projectId}::uuid AND t."id" > ${after}::uuid
      AND EXISTS (SELECT 1 FROM "Label" l WHERE l."taskId" = t."id")
    ORDER BY t."id" LIMIT ${limit}`;

function toTask(
  { rubricId, labels, answers, ...task }: TaskRow,
  criteria: ReadonlyMap<string, SnapshotTask["criteria"]>,
): SnapshotTask {
  return {
    ...task,
    criteria: (rubricId && criteria.get(rubricId)) || [],
    labels: labels.map(([id, kind, annotatorId, importId, sourceAnnotatorId, isSuperseded, isWithdrawn], place) => ({
      ...{ id, kind, annotatorId, importId, sourceAnnotatorId },
      isSuperseded: isSuperseded === "true",
      isWithdrawn: isWithdrawn === "true",
      answer: answers[place],
    })),
  };
}

async function readCriteria(db: Database, projectId: string) {
  const rubrics = await db.rubric.findMany({
    where: { projectId },
    select: { id: true, criteria: { select: { id: true, weight: true } } },
  });
  return new Map(rubrics.map(({ id, criteria }) => [id, criteria]));
}

/** The target of an exclusion; one of the three columns is set. */
export interface ExclusionColumns {
  labelId: string | null;
  taskId: string | null;
  annotatorId: string | null;
}

const exclusionSelect = { labelId: true, taskId: true, annotatorId: true } as const satisfies Prisma.ExclusionSelect;

/** Reads the exclusions in force. */
export const readExclusions = (db: Database, projectId: string): Promise<ExclusionColumns[]> =>
  db.exclusion.findMany({ where: { projectId, liftedAt: null }, select: exclusionSelect });
