import { DomainError } from "@/domain/errors";
import { LABEL_KINDS, type LabelKind } from "@/domain/labels/kinds";
import type { TaskWish } from "@/domain/tasks/task-wish";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { type Database, database, type Transaction } from "../database/client";
import { lockProject } from "../database/lock-project";
import { forgetSearches } from "../labels/search-memory";
import { checkAnnotators } from "./check-annotators";
import { freshTasks, insertPlannedTasks } from "./insert-tasks";
import { checkModels, type PlannedPrompts, plannedPrompts, planTasks } from "./plan-tasks";

export type TaskSkippedReason = "too_few_distinct_completions" | "task_exists";

type PromptChoice = { promptIds: "all" | string[] };

/** What a wish would make: the number of tasks, and of prompts that give none. */
export interface TaskPlanCounts {
  tasks: number;
  existing: number;
  tooFew: number;
}

/** Making a task of each of 100,000 prompts takes longer than the usual time. */
const LONG = { timeout: 120_000 };

/**
 * Makes a task of one kind for each of the prompts and says how many prompts gave none, and why.
 * @throws DomainError `no-tasks-possible` where not one can be made, `rubric-missing`, `annotator-not-found`,
 *   `too-few-annotators`, `model-not-found`
 */
export async function createTasks(
  input: { actor: ProjectActor } & PromptChoice & TaskWish,
): Promise<{ created: number; skipped: { reason: TaskSkippedReason; count: number }[] }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { kind, requiredLabels, annotatorIds } = input;
  const result = await database().$transaction(async (tx) => {
    await lockProject(tx, projectId); // of two clicks at once the second finds the tasks
    await checkAnnotators(tx, { projectId, annotatorIds, requiredLabels });
    await checkModels(tx, projectId, input);
    const rubricId = kind === "rating" ? await latestRubric(tx, projectId) : null;
    const prompts = await countPrompts(tx, { ...input, projectId });
    const common = { projectId, createdById: userId, kind, requiredLabels, rubricId, annotatorIds };
    const made = await insertPlannedTasks(tx, { ...common, plan: planTasks({ ...input, projectId }) });
    const tooFew = prompts - made.created - made.existing;
    if (made.created + made.existing === 0) throw nothingToDo(kind, tooFew);
    const detail = `${made.created} ${kind} ${made.created === 1 ? "task" : "tasks"}`;
    const subject: [string, string] = ["Project", projectId];
    await recordAudit(tx, { actorId: userId, projectId, action: "tasks.create", subject, detail });
    const skipped: { reason: TaskSkippedReason; count: number }[] = [
      { reason: "too_few_distinct_completions", count: tooFew },
      { reason: "task_exists", count: made.existing },
    ];
    return { created: made.created, skipped: skipped.filter(({ count }) => count > 0) };
  }, LONG);
  forgetSearches(projectId);
  return result;
}

/**
 * Counts what `createTasks` would make, and makes nothing.
 * @throws DomainError `model-not-found`
 */
export async function countPlannedTasks(
  input: { actor: ProjectActor } & PromptChoice & Pick<TaskWish, "kind" | "taskType" | "completions">,
): Promise<TaskPlanCounts> {
  const { projectId } = requireAdmin(input.actor);
  await checkModels(database(), projectId, input);
  const [prompts, [planned]] = await Promise.all([
    countPrompts(database(), { ...input, projectId }),
    database().$queryRaw<{ all: number; fresh: number }[]>`
      WITH ${freshTasks({ projectId, kind: input.kind, plan: planTasks({ ...input, projectId }) })}
      SELECT (SELECT count(*) FROM plan)::int AS "all", (SELECT count(*) FROM fresh)::int AS "fresh"`,
  ]);
  const { all, fresh } = planned ?? { all: 0, fresh: 0 };
  return { tasks: fresh, existing: all - fresh, tooFew: prompts - all };
}

async function countPrompts(db: Database, wish: PlannedPrompts): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Prompt" p WHERE ${plannedPrompts(wish)}`;
  return row?.count ?? 0;
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
  const { least } = LABEL_KINDS[kind].completions;
  return new DomainError(
    "no-tasks-possible",
    `no ${kind} task possible: ${tooFew} prompts have too few distinct completions`,
    tooFew === 0
      ? "There are no such prompts to make tasks of."
      : `Each of the ${tooFew} prompts has fewer than ${least} different completions of those chosen, and a ${kind} needs ${least}. Generate completions first, or choose from all of them.`,
  );
}
