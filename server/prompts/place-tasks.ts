import { toLabelKind } from "@/domain/labels/kinds";
import { Prisma } from "@/generated/prisma/client";
import type { Database, Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { keepGapsOfTasks } from "../scores/reward-gaps";
import { completionsOfImport } from "./completions-of-import";
import { rubricsOfImport } from "./rubrics-of-import";
import type { ImportedTask } from "./task-of-answer";
import { uuidsOf } from "./uuids-of";

/** A task of a file and the prompt that it belongs to. */
export interface WantedTask {
  promptId: string;
  task: ImportedTask;
}

/** The task of the project that a row of a file belongs to. */
export interface PlacedTask {
  id: string;
  /** The completions and criteria in the task's order, by which the answer's places become ids. */
  completionIds: string[];
  criterionIds: string[];
  /** True where the import has made the task. */
  isNew: boolean;
}

interface FoundTask {
  id: string;
  promptId: string;
  kind: string;
  sourceId: string | null;
  rubricId: string | null;
  isOwn: boolean;
  completionIds: string[];
  contents: string[];
  finished: boolean[];
}

/** What a task shows and asks: a task of the project is the file's task only if it is the same here. */
const shownOf = (
  completions: readonly { content: string; finished: boolean }[],
  criteria: readonly { name: string; weight: number }[],
): string =>
  JSON.stringify([
    completions.map(({ content, finished }) => [content, finished]),
    criteria.map(({ name, weight }) => [name, weight]),
  ]);
const keyOf = (promptId: string, kind: string, id: string | null, shown: string) =>
  JSON.stringify([promptId, kind, id, shown]);

/**
 * Finds for each task of a file the task of the project that it is, or makes it: labels of one task find each other by the
 * task's id in the file, in whichever batch, import or order they come. The file may also name a task of this very
 * project. A task without an id is a task of its own if it has a label; without one, an open task that shows the same
 * is the same.
 *
 * Tasks that are found are locked, since labels are about to be added to them.
 */
export async function placeTasks(
  tx: Transaction,
  by: { projectId: string; userId: string; importId: string },
  wanted: readonly WantedTask[],
): Promise<PlacedTask[]> {
  const placed = await findTasks(tx, by.projectId, wanted, Prisma.sql`FOR NO KEY UPDATE OF t`);
  const rubricOf = await rubricsOfImport(
    tx,
    by,
    wanted.flatMap(({ task: { rubric } }) => (rubric ? [rubric] : [])),
  );
  const fresh: (WantedTask & { id: string; rubricId: string | null })[] = [];
  const places = wanted.map(({ promptId, task }): { at: PlacedTask; isFresh: boolean } => {
    const isAlone = task.id === null && task.label !== null;
    const key = keyOf(promptId, task.kind, task.id, shownOf(task.completions, task.rubric ?? []));
    const known = isAlone ? undefined : placed.get(key);
    if (known) return { at: known, isFresh: false };
    const rubric = task.rubric ? rubricOf(task.rubric) : null;
    const at: PlacedTask = { id: newId(), completionIds: [], criterionIds: rubric?.criterionIds ?? [], isNew: true };
    if (!isAlone) placed.set(key, at);
    fresh.push({ promptId, task, id: at.id, rubricId: rubric?.id ?? null });
    return { at, isFresh: true };
  });
  const completionIds = await completionsOfImport(
    tx,
    by.projectId,
    fresh.map(({ promptId, task: { completions } }) => ({ promptId, completions })),
  );
  const byId = new Map(fresh.map(({ id }, index) => [id, completionIds[index] ?? []]));
  for (const { at, isFresh } of places) if (isFresh) at.completionIds = byId.get(at.id) ?? [];
  await insertTaskRows(tx, by, fresh, byId);
  return places.map(({ at }) => at);
}

/** Tells of each open task of a file whether the project has it already. */
export async function openTasksPresent(
  db: Database,
  projectId: string,
  wanted: readonly WantedTask[],
): Promise<boolean[]> {
  const present = await findTasks(db, projectId, wanted, Prisma.empty);
  return wanted.map(({ promptId, task }) =>
    present.has(keyOf(promptId, task.kind, task.id, shownOf(task.completions, task.rubric ?? []))),
  );
}

async function findTasks(
  db: Database,
  projectId: string,
  wanted: readonly WantedTask[],
  lock: Prisma.Sql,
): Promise<Map<string, PlacedTask>> {
  const named = wanted.flatMap(({ task: { id } }) => (id === null ? [] : [id]));
  const loose = wanted.filter(({ task: { id, label } }) => id === null && label === null);
  const placed = new Map<string, PlacedTask>();
  if (named.length + loose.length === 0) return placed;
  const prompts = [...new Set(wanted.map(({ promptId }) => promptId))];
  const rows = await db.$queryRaw<FoundTask[]>`
    SELECT t."id", t."promptId", t."kind", t."sourceId", t."rubricId", t."importId" IS NULL AS "isOwn",
      ARRAY(SELECT c."completionId" FROM "TaskCompletion" c WHERE c."taskId" = t."id" ORDER BY c."position")
        AS "completionIds",
      ARRAY(SELECT c."content" FROM "TaskCompletion" tc JOIN "Completion" c ON c."id" = tc."completionId"
            WHERE tc."taskId" = t."id" ORDER BY tc."position") AS "contents",
      ARRAY(SELECT c."finished" FROM "TaskCompletion" tc JOIN "Completion" c ON c."id" = tc."completionId"
            WHERE tc."taskId" = t."id" ORDER BY tc."position") AS "finished"
    FROM "Task" t
    WHERE t."projectId" = ${projectId}::uuid AND t."promptId" = ANY(${prompts}::uuid[])
      AND (t."sourceId" = ANY(${named}::text[]) OR t."id" = ANY(${uuidsOf(named)}::uuid[])
           OR (t."promptId" = ANY(${loose.map(({ promptId }) => promptId)}::uuid[]) AND t."archivedAt" IS NULL))
    ORDER BY t."id" ${lock}`;
  const rubricIds = [...new Set(rows.flatMap(({ rubricId }) => rubricId ?? []))];
  const criteria = await db.$queryRaw<{ id: string; rubricId: string; name: string; weight: number }[]>`
    SELECT "id", "rubricId", "name", "weight" FROM "Criterion"
    WHERE "rubricId" = ANY(${rubricIds}::uuid[]) ORDER BY "position"`;
  for (const { id, promptId, kind, sourceId, rubricId, isOwn, completionIds, contents, finished } of rows) {
    const own = criteria.filter((criterion) => criterion.rubricId === rubricId);
    const shown = shownOf(
      contents.map((content, place) => ({ content, finished: finished[place] === true })),
      own,
    );
    const task: PlacedTask = { id, completionIds, criterionIds: own.map((criterion) => criterion.id), isNew: false };
    const names = [...(isOwn ? [id] : [id, sourceId]), null].filter((name, index, all) => all.indexOf(name) === index);
    for (const name of names) {
      const key = keyOf(promptId, kind, name, shown);
      if (!placed.has(key)) placed.set(key, task);
    }
  }
  return placed;
}

async function insertTaskRows(
  tx: Transaction,
  { projectId, userId, importId }: { projectId: string; userId: string; importId: string },
  tasks: readonly (WantedTask & { id: string; rubricId: string | null })[],
  completionIds: ReadonlyMap<string, string[]>,
): Promise<void> {
  const column = <Value>(read: (task: ImportedTask) => Value) => tasks.map(({ task }) => read(task));
  const ids = tasks.map(({ id }) => id);
  await tx.$executeRaw`
    INSERT INTO "Task" ("id", "projectId", "promptId", "createdById", "kind", "rubricId", "requiredLabels", "priority",
                        "archivedAt", "importId", "sourceId", "sourceGroupId")
    SELECT id, ${projectId}::uuid, prompt_id, ${userId}::uuid, kind, rubric_id, required_labels, priority,
           CASE WHEN archived THEN now() END, ${importId}::uuid, source_id, source_group_id
    FROM unnest(${ids}::uuid[], ${tasks.map(({ promptId }) => promptId)}::uuid[],
                ${column(({ kind }) => toLabelKind(kind))}::text[], ${tasks.map(({ rubricId }) => rubricId)}::uuid[],
                ${column(({ requiredLabels }) => requiredLabels)}::int[], ${column(({ priority }) => priority)}::int[],
                ${column(({ archived }) => archived)}::bool[], ${column(({ id }) => id)}::text[],
                ${column(({ groupId }) => groupId)}::text[])
         AS new(id, prompt_id, kind, rubric_id, required_labels, priority, archived, source_id, source_group_id)`;
  const shown = ids.flatMap((taskId) =>
    (completionIds.get(taskId) ?? []).map((completionId, position) => ({ taskId, completionId, position })),
  );
  await tx.$executeRaw`
    INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
    SELECT * FROM unnest(${shown.map(({ taskId }) => taskId)}::uuid[],
                         ${shown.map(({ completionId }) => completionId)}::uuid[],
                         ${shown.map(({ position }) => position)}::int[])`;
  await keepGapsOfTasks(tx, ids);
}
