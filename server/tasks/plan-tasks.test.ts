import { expect, it } from "vitest";
import type { LabelKind } from "@/domain/labels/kinds";
import type { CompletionChoice } from "@/domain/tasks/task-wish";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, type TestProject } from "../testing/test-loop";
import { countPlannedTasks, createTasks } from "./create-tasks";

withTestDatabase();

/** Writes the texts as the samples of a generation of each prompt, or, with `null`, as a person's. */
async function write({ projectId, userId, promptIds }: TestProject, modelVersionId: string | null, texts: string[]) {
  const common = { projectId, samples: texts.length, temperature: 1, topP: 1, maxTokens: 8, seed: 1, totalCount: 1 };
  const generation =
    modelVersionId &&
    (await database().generation.create({
      data: { ...common, modelVersionId, purpose: "labelling", requestedById: userId },
    }));
  for (const promptId of promptIds)
    for (const [sampleIndex, content] of texts.entries())
      await database().completion.create({
        data: {
          ...{ projectId, promptId, content },
          ...(generation
            ? { origin: "generation", generationId: generation.id, modelVersionId, sampleIndex }
            : { origin: "person", authorId: userId }),
        },
      });
}

const otherModel = async ({ projectId }: TestProject) =>
  (
    await database().modelVersion.create({
      data: { projectId, name: "new", kind: "policy", artifactKind: "model", artifact: "runs/x/model" },
    })
  ).id;

async function make(project: TestProject, kind: LabelKind, completions: CompletionChoice = "all") {
  const wish = { actor: project.actor, kind, completions, taskType: null, requiredLabels: 1, annotatorIds: [] };
  const planned = await countPlannedTasks({ ...wish, promptIds: "all" });
  const made = await createTasks({ ...wish, promptIds: "all" });
  expect(planned.tasks).toBe(made.created); // what is told before the click is what the click makes
  const task = await database().task.findFirstOrThrow({
    where: { projectId: project.projectId },
    orderBy: { id: "desc" },
    select: {
      generationId: true,
      completions: { orderBy: { position: "asc" }, select: { completion: { select: { content: true } } } },
    },
  });
  return { ...planned, task, texts: task.completions.map(({ completion }) => completion.content) };
}

it("takes the different texts of all generations, the newest first, and those of one where that is wished", async () => {
  const project = await makeProject({ prompts: 2 });
  await write(project, null, ["by hand"]);
  await write(project, project.base.id, ["old", "older", "\u00a0new \n"]);
  await write(project, await otherModel(project), ["new", " ", "newer"]);
  const ranking = await make(project, "ranking");
  expect(ranking).toMatchObject({ tasks: 2, existing: 0, tooFew: 0 });
  expect(ranking.texts).toEqual(["new", "newer", "old", "older", "by hand"]);
  expect(ranking.task.generationId).toBeNull();
  const comparison = await make(project, "comparison", "latest");
  expect(comparison.texts).toEqual(["new", "newer"]);
  expect(comparison.task.generationId).not.toBeNull();
  const wish = { actor: project.actor, promptIds: "all", kind: "ranking", completions: "latest" } as const;
  expect(await countPlannedTasks({ ...wish, taskType: null })).toEqual({ tasks: 0, existing: 0, tooFew: 2 });
  await expect(createTasks({ ...wish, taskType: null, requiredLabels: 1, annotatorIds: [] })).rejects.toMatchObject({
    code: "no-tasks-possible",
    userMessage: expect.stringContaining("Each of the 2 prompts has fewer than 3 different completions"),
  });
});

it("sets two models against each other, with completions of both in every task", async () => {
  const project = await makeProject({ prompts: 1 });
  const other = await otherModel(project);
  await write(project, project.base.id, ["one", "two"]);
  await write(project, other, ["two", "one", "three"]);
  const { texts } = await make(project, "comparison", { models: [project.base.id, other] });
  expect(texts).toEqual(["one", "two"]);
  expect((await make(project, "ranking", { models: [other, project.base.id] })).texts).toEqual(["two", "one", "three"]);
  const alone = await makeProject({ prompts: 1 });
  await write(alone, alone.base.id, ["one", "two"]);
  await write(alone, await otherModel(alone), ["one"]);
  const [model] = await database().modelVersion.findMany({ where: { projectId: alone.projectId, name: "new" } });
  const wish = { actor: alone.actor, promptIds: "all", kind: "comparison", taskType: null } as const;
  const models: [string, string] = [alone.base.id, model?.id ?? ""];
  expect(await countPlannedTasks({ ...wish, completions: { models } })).toMatchObject({ tasks: 0, tooFew: 1 });
  const foreign = countPlannedTasks({ ...wish, completions: { models: [other, models[0]] } });
  await expect(foreign).rejects.toMatchObject({ code: "model-not-found" });
});

it("makes no task twice, and counts what is there", async () => {
  const project = await makeProject({ prompts: 3 });
  await write(project, project.base.id, ["a", "b"]);
  const wish = { actor: project.actor, kind: "comparison", completions: "all", taskType: null } as const;
  const rest = { requiredLabels: 1, annotatorIds: [] };
  const some = project.promptIds.slice(0, 2);
  expect(await createTasks({ ...wish, ...rest, promptIds: some })).toEqual({ created: 2, skipped: [] });
  expect(await createTasks({ ...wish, ...rest, promptIds: "all" })).toEqual({
    created: 1,
    skipped: [{ reason: "task_exists", count: 2 }],
  });
  const tasks = await database().task.findMany({ where: { projectId: project.projectId }, orderBy: { id: "asc" } });
  expect(tasks.map(({ promptId }) => promptId)).toEqual(project.promptIds);
  expect(tasks.every(({ id }) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/.test(id))).toBe(true);
  const demonstrations = await createTasks({ ...wish, ...rest, kind: "demonstration", promptIds: "all" });
  expect(demonstrations).toEqual({ created: 3, skipped: [] });
  expect(await createTasks({ ...wish, ...rest, kind: "demonstration", promptIds: some })).toMatchObject({ created: 0 });
});
