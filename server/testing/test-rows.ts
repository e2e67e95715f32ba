import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CurrentUser } from "../access/current-user";
import { database } from "../database/client";
import { ensureBaseModel } from "../models/ensure-base-model";
import { insertPrompts } from "../prompts/insert-prompts";
import { dataPath } from "../storage/data-folder";
import { insertTasks } from "../tasks/insert-tasks";

/** Rows for tests, made the way the use cases make them where there is one. */
export async function makeUser(name: string, instanceRole: "admin" | "member" = "member"): Promise<CurrentUser> {
  return database().user.create({
    data: { name, email: `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@example.org`, instanceRole },
    select: { id: true, name: true, email: true, instanceRole: true, sessionVersion: true },
  });
}

export async function makeProject(admin: CurrentUser, annotators: CurrentUser[] = []) {
  const project = await database().project.create({
    data: { slug: `project-${randomUUID().slice(0, 8)}`, name: "Project", createdById: admin.id },
  });
  await database().membership.createMany({
    data: [
      { projectId: project.id, userId: admin.id, role: "admin" },
      ...annotators.map(({ id }) => ({ projectId: project.id, userId: id, role: "annotator" as const })),
    ],
  });
  await ensureBaseModel(database(), project.id);
  return project;
}

/** Makes prompts with two completions each, and a comparison task for every pair. */
export async function makeComparisonTasks(
  project: { id: string; createdById: string },
  { count, requiredLabels = 1 }: { count: number; requiredLabels?: number },
) {
  const model = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
  await database().$transaction(async (tx) => {
    const prompts = Array.from({ length: count }, () => ({
      taskType: "general",
      messages: [{ role: "user" as const, content: `Question ${randomUUID()}` }],
    }));
    await insertPrompts(tx, { projectId: project.id, source: "written", importId: null, prompts });
    const inserted = await tx.prompt.findMany({ where: { projectId: project.id, completions: { none: {} } } });
    await tx.completion.createMany({
      data: inserted.flatMap(({ id }) =>
        ["first", "second"].map((content) => ({
          projectId: project.id,
          promptId: id,
          origin: "generation" as const,
          content: `${content} answer to ${id}`,
          modelVersionId: model.id,
        })),
      ),
    });
    const completions = await tx.completion.findMany({ where: { promptId: { in: inserted.map(({ id }) => id) } } });
    const tasks = inserted.map(({ id }) => ({
      promptId: id,
      completionIds: completions.filter(({ promptId }) => promptId === id).map((completion) => completion.id),
    }));
    const common = { projectId: project.id, createdById: project.createdById, requiredLabels };
    await insertTasks(tx, { ...common, kind: "comparison", tasks });
  });
  return database().task.findMany({
    where: { projectId: project.id },
    orderBy: { id: "asc" },
    include: { completions: { orderBy: { position: "asc" } } },
  });
}

/** Makes the answer "the first of the shown is clearly better" to a leased task. */
export function chooseFirst(
  task: { taskId: string; completions: { id: string }[] },
  idempotencyKey: string = randomUUID(),
) {
  const [left, right] = task.completions;
  if (!left || !right) throw new Error(`task ${task.taskId} has no two completions`);
  return {
    kind: "comparison" as const,
    taskId: task.taskId,
    idempotencyKey,
    shownOrder: task.completions.map(({ id }) => id),
    durationMs: 1_000,
    comparison: {
      outcome: "chosen" as const,
      chosenCompletionId: left.id,
      rejectedCompletionId: right.id,
      strength: "clearly" as const,
    },
  };
}

/** Writes a folder that looks like a model's, where the instance takes models from, and returns its place. */
export async function writeModelFolder(name: string, config: object = { model_type: "llama" }): Promise<string> {
  const folder = dataPath("models", name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
  await writeFile(path.join(folder, "model.safetensors"), Buffer.alloc(1000));
  await writeFile(path.join(folder, "tokenizer.json"), "{}");
  return folder;
}
