import { DomainError } from "@/domain/errors";
import type { LabelKind } from "@/domain/labels/kinds";
import type { TaskWish } from "@/domain/tasks/task-wish";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { lockProject } from "../database/lock-project";
import { checkAnnotators } from "./check-annotators";
import { chooseCompletions } from "./choose-completions";
import { insertTasks, type NewTask } from "./insert-tasks";

export type TaskSkippedReason = "too_few_distinct_completions" | "task_exists";

/**
 * Makes a task of one kind for each of the prompts and says how many prompts gave none, and why.
 * @throws DomainError `no-tasks-possible` where not one can be made, `rubric-missing`, `annotator-not-found`,
 *   `too-few-annotators`
 */
export async function createTasks(
  input: { actor: ProjectActor; promptIds: "all" | string[] } & TaskWish,
): Promise<{ created: number; skipped: { reason: TaskSkippedReason; count: number }[] }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { kind, promptIds, taskType, requiredLabels, annotatorIds } = input;
  return database().$transaction(
    async (tx) => {
      await lockProject(tx, projectId); // of two clicks at once the second finds the tasks
      await checkAnnotators(tx, { projectId, annotatorIds, requiredLabels });
      const rubricId = kind === "rating" ? await latestRubric(tx, projectId) : null;
      const { tasks, tooFew } = await planTasks(tx, { projectId, kind, promptIds, taskType });
      if (tasks.length === 0) throw nothingToDo(kind, tooFew);
      const common = { projectId, createdById: userId, kind, requiredLabels, rubricId, annotatorIds };
      const made = await insertTasks(tx, { ...common, tasks });
      const detail = `${made.created} ${kind} ${made.created === 1 ? "task" : "tasks"}`;
      await recordAudit(tx, {
        actorId: userId,
        projectId,
        action: "tasks.create",
        subject: ["Project", projectId],
        detail,
      });
      const skipped: { reason: TaskSkippedReason; count: number }[] = [
        { reason: "too_few_distinct_completions", count: tooFew },
        { reason: "task_exists", count: made.existing },
      ];
      return { created: made.created, skipped: skipped.filter(({ count }) => count > 0) };
    },
    { timeout: 120_000 },
  );
}

async function planTasks(
  tx: Transaction,
  wish: { projectId: string; kind: LabelKind; promptIds: "all" | string[]; taskType: string | null },
) {
  const prompts = await tx.prompt.findMany({
    where: {
      projectId: wish.projectId,
      archivedAt: null,
      taskType: wish.taskType ?? undefined,
      ...(wish.promptIds !== "all" && { id: { in: wish.promptIds } }),
    },
    orderBy: { id: "asc" },
    select: {
      id: true,
      completions: {
        orderBy: [{ createdAt: "asc" }, { sampleIndex: "asc" }, { id: "asc" }],
        select: { id: true, content: true, generationId: true },
      },
    },
  });
  const tasks: NewTask[] = [];
  for (const prompt of prompts) {
    const chosen = chooseCompletions(wish.kind, prompt.completions);
    if (!chosen) continue;
    const completionIds = chosen.map(({ id }) => id);
    tasks.push({ promptId: prompt.id, completionIds, generationId: chosen[0]?.generationId });
  }
  return { tasks, tooFew: prompts.length - tasks.length };
}

async function latestRubric(tx: Transaction, projectId: string): Promise<string> {
  const rubric = await tx.rubric.findFirst({
    where: { projectId, version: { gte: 1 } }, // versions below 1 came with a file
    orderBy: { version: "desc" },
    select: { id: true },
  });
  if (rubric) return rubric.id;
  throw new DomainError(
    "rubric-missing",
    `no rubric in ${projectId}`,
    "Rating tasks need a rubric. Write its criteria first.",
  );
}

function nothingToDo(kind: LabelKind, tooFew: number): DomainError {
  return new DomainError(
    "no-tasks-possible",
    `no ${kind} task possible: ${tooFew} prompts have too few distinct completions`,
    tooFew === 0
      ? "There are no such prompts to make tasks of."
      : `None of the ${tooFew} prompts has enough different completions for a ${kind}. Generate completions first.`,
  );
}
