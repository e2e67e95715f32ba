import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";

export interface NewTask {
  promptId: string;
  /** The completions in the task's own order; annotators see them shuffled. */
  completionIds: string[];
  generationId?: string | null;
}

/**
 * Inserts tasks of one kind with their completions. A task is not made a second time where an unarchived one asks the
 * same about the same completions (or, without completions, about the same prompt).
 *
 * @returns how many were made, and how many were there already
 */
export async function insertTasks(
  tx: Transaction,
  input: {
    projectId: string;
    createdById: string;
    kind: LabelKind;
    requiredLabels: number;
    priority?: number;
    rubricId?: string | null;
    /** The people who may do the tasks; an empty list means everyone in the project. */
    annotatorIds?: readonly string[];
    tasks: readonly NewTask[];
  },
): Promise<{ created: number; existing: number }> {
  const present = await tx.task.findMany({
    where: {
      projectId: input.projectId,
      kind: input.kind,
      archivedAt: null,
      promptId: { in: [...new Set(input.tasks.map(({ promptId }) => promptId))] },
    },
    select: { promptId: true, completions: { select: { completionId: true } } },
  });
  const keyOf = (promptId: string, ids: string[]) => [promptId, ...ids.toSorted()].join(" ");
  const seen = new Set(
    present.map((task) =>
      keyOf(
        task.promptId,
        task.completions.map(({ completionId }) => completionId),
      ),
    ),
  );
  const fresh = input.tasks.flatMap((task) => {
    const key = keyOf(task.promptId, task.completionIds);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...task, id: newId() }];
  });
  await insertRows(tx, input, fresh);
  return { created: fresh.length, existing: input.tasks.length - fresh.length };
}

/** Parameters are whole columns, so that ten thousand tasks are two statements. */
async function insertRows(
  tx: Transaction,
  input: Omit<Parameters<typeof insertTasks>[1], "tasks">,
  tasks: readonly (NewTask & { id: string })[],
): Promise<void> {
  const { projectId, createdById, kind, requiredLabels, priority = 0, rubricId = null, annotatorIds = [] } = input;
  await tx.$executeRaw`
    INSERT INTO "Task" ("id", "projectId", "promptId", "generationId", "createdById", "kind", "requiredLabels",
                        "priority", "rubricId")
    SELECT id, ${projectId}::uuid, prompt_id, generation_id, ${createdById}::uuid, ${toLabelKind(kind)}::text,
           ${requiredLabels}::int, ${priority}::int, ${rubricId}::uuid
    FROM unnest(${tasks.map(({ id }) => id)}::uuid[], ${tasks.map(({ promptId }) => promptId)}::uuid[],
                ${tasks.map(({ generationId }) => generationId ?? null)}::uuid[]) AS new(id, prompt_id, generation_id)`;
  const places = tasks.flatMap(({ id, completionIds }) =>
    completionIds.map((completionId, position) => ({ id, completionId, position })),
  );
  await tx.$executeRaw`
    INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
    SELECT * FROM unnest(${places.map(({ id }) => id)}::uuid[],
                         ${places.map(({ completionId }) => completionId)}::uuid[],
                         ${places.map(({ position }) => position)}::int[])`;
  await tx.$executeRaw`
    INSERT INTO "TaskAssignee" ("taskId", "userId")
    SELECT task, person FROM unnest(${tasks.map(({ id }) => id)}::uuid[]) AS task,
                             unnest(${[...annotatorIds]}::uuid[]) AS person`;
}
