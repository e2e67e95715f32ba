import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { cancelJob } from "../jobs/cancel-job";
import { generate } from "../jobs/queues/generate";
import { watchJob } from "../jobs/watch-job";
import { withTestDatabase } from "../testing/test-database";
import { fakeWriter, makeProject, type TestProject, withTestQueue } from "../testing/test-loop";
import { createGeneration } from "./create-generation";
import { type GenerationRow, getGeneration } from "./generation-row";
import { performGeneration } from "./perform-generation";
import { samplingSchema } from "./sampling";
import { startNextRound } from "./start-next-round";

withTestDatabase();
withTestQueue();

const sampling = samplingSchema.parse({ seed: 7 });
const never = new AbortController().signal;

const create = (project: TestProject, more: { samples?: number; makeTasks?: boolean } = {}) =>
  createGeneration({
    ...project,
    modelVersionId: project.base.id,
    promptIds: "all",
    samples: 2,
    sampling,
    makeTasks: true,
    requiredLabels: 1,
    ...more,
  });
const read = (project: TestProject, generationId: string) => getGeneration({ actor: project.actor, generationId });
const completionsOf = (generationId: string) =>
  database().completion.findMany({ where: { generationId }, orderBy: [{ promptId: "asc" }, { sampleIndex: "asc" }] });

async function otherModel({ projectId, base }: TestProject) {
  return database().modelVersion.create({
    data: {
      projectId,
      name: "new",
      kind: "policy",
      artifactKind: "model",
      artifact: "runs/x/model",
      parentId: base.id,
    },
  });
}

describe("a generation", () => {
  it("writes every sample of every prompt and makes a task of each prompt with two different ones", async () => {
    const project = await makeProject({ prompts: 3 });
    const { generationId } = await create(project);
    const { writeText } = fakeWriter((question, sample) =>
      question.startsWith("Question 1") ? "the same" : `${question}: ${sample}`,
    );
    await performGeneration(generationId, { writeText, signal: never });
    expect(await read(project, generationId)).toMatchObject({
      status: "completed",
      doneCount: 6,
      totalCount: 6,
      taskCount: 2,
      identicalCount: 1,
      error: null,
    });
    const tasks = await database().task.findMany({ where: { generationId }, include: { completions: true } });
    expect(tasks.map((task) => task.completions.length)).toEqual([2, 2]);
    expect(tasks.every((task) => task.kind === "comparison" && task.createdById === project.userId)).toBe(true);
  });

  it("goes on with the missing prompts after its process died, and writes nothing twice", async () => {
    const project = await makeProject({ prompts: 20 });
    const { generationId } = await create(project);
    const dying = fakeWriter((question) => {
      if (question.startsWith("Question 12 ")) throw new Error("ECONNRESET");
      return question;
    });
    const died = new Error("the process died");
    await expect(
      performGeneration(generationId, {
        signal: never,
        writeText: async function* (request) {
          try {
            yield* dying.writeText(request);
          } catch {
            throw Object.assign(died, { code: "ECONNRESET" });
          }
        },
      }),
    ).rejects.toBe(died);
    const before = await completionsOf(generationId);
    expect(before).toHaveLength(24);
    const again = fakeWriter((question, sample, seed) => `${question} ${sample} ${seed}`);
    await performGeneration(generationId, { writeText: again.writeText, signal: never });
    expect(again.asked.flat()).toHaveLength(8);
    const after = await completionsOf(generationId);
    expect(after).toHaveLength(40);
    expect(after.filter(({ id }) => before.some((one) => one.id === id))).toHaveLength(24);
    expect(await read(project, generationId)).toMatchObject({ status: "completed", doneCount: 40 });
  });

  it("gives a prompt the same seed whatever is written beside it", async () => {
    const project = await makeProject({ prompts: 10 });
    const seeds = new Map<string, number>();
    const first = await create(project);
    const remember = fakeWriter((question, _sample, seed) => {
      seeds.set(question, seed);
      return question;
    });
    await performGeneration(first.generationId, { writeText: remember.writeText, signal: never });
    expect(new Set(seeds.values()).size).toBe(10);
    const second = await create(project, { samples: 8 });
    const check = fakeWriter((question, _sample, seed) => (seeds.get(question) === seed ? "same" : "other"));
    await performGeneration(second.generationId, { writeText: check.writeText, signal: never });
    expect((await completionsOf(second.generationId)).every(({ content }) => content === "same")).toBe(true);
  });

  it("keeps what is written when it is cancelled, and makes no tasks", async () => {
    const project = await makeProject({ prompts: 20 });
    const { generationId } = await create(project);
    const { writeText } = fakeWriter((question, sample) => `${question} ${sample}`);
    await performGeneration(generationId, {
      signal: never,
      writeText: async function* (request) {
        for await (const event of writeText(request)) {
          yield event;
          if (event.type === "completion" && event.prompt === 2 && event.sample === 1) {
            await cancelJob(generate, project.actor, generationId);
            await new Promise((_, reject) =>
              request.signal.addEventListener("abort", () => reject(request.signal.reason)),
            );
          }
        }
      },
    });
    expect(await read(project, generationId)).toMatchObject({ status: "cancelled", doneCount: 6, taskCount: null });
  });

  it("replaces what a model writes and no database keeps, says so, and goes on", async () => {
    const project = await makeProject({ prompts: 2 });
    const { generationId } = await create(project);
    const { writeText } = fakeWriter((question, sample) =>
      question.startsWith("Question 0") && sample === 0 ? "a\0b\0" : `${question} ${sample}`,
    );
    await performGeneration(generationId, { writeText, signal: never });
    expect(await read(project, generationId)).toMatchObject({
      status: "completed",
      doneCount: 4,
      error: expect.stringMatching(/^In 1 completion the model wrote NUL characters/),
    });
    const kept = await database().completion.findMany({ where: { generationId }, select: { content: true } });
    expect(kept.map(({ content }) => content)).toContain("a\uFFFDb\uFFFD");
  });

  it("counts the prompts that the model cannot take, and says why", async () => {
    const project = await makeProject({ prompts: 3 });
    const { generationId } = await create(project);
    const { writeText } = fakeWriter((question, sample) =>
      question.startsWith("Question 0") ? undefined : `${question} ${sample}`,
    );
    await performGeneration(generationId, { writeText, signal: never });
    expect(await read(project, generationId)).toMatchObject({
      status: "completed",
      doneCount: 4,
      error: expect.stringMatching(/^1 prompt was left out: “Question 0 of \w+” \(the prompt has 9000 tokens\)$/),
    });
  });

  it("refuses tasks from one sample, and prompts of another project", async () => {
    const project = await makeProject();
    await expect(create(project, { samples: 1 })).rejects.toMatchObject({ code: "too-few-samples" });
    const other = await makeProject();
    const foreign = createGeneration({
      ...project,
      modelVersionId: project.base.id,
      promptIds: other.promptIds,
      samples: 2,
      sampling,
      makeTasks: false,
      requiredLabels: 1,
    });
    await expect(foreign).rejects.toMatchObject({ code: "prompt-not-found" });
    expect(await database().generation.count({ where: { projectId: project.projectId } })).toBe(0);
  });
});

describe("a next round", () => {
  it("compares the new model with the previous one on the same prompts once both are done", async () => {
    const project = await makeProject({ prompts: 4 });
    const model = await otherModel(project);
    const round = { ...project, modelVersionId: model.id, previousModelVersionId: project.base.id };
    const { generationIds } = await startNextRound({ ...round, promptCount: 3, requiredLabels: 2, samples: 1 });
    const [newer, before] = generationIds;
    const writer = (name: string) =>
      fakeWriter((question) => (question.startsWith("Question 1") ? "both say this" : `${name}: ${question}`));
    await performGeneration(newer, { writeText: writer("new").writeText, signal: never });
    expect(await database().task.count({ where: { projectId: project.projectId } })).toBe(0);
    await performGeneration(before, { writeText: writer("old").writeText, signal: never });
    const asked = await database().generationPrompt.findMany({ where: { generationId: newer } });
    const identical = asked.filter(({ promptId }) => promptId === project.promptIds[1]).length;
    const tasks = await database().task.findMany({
      where: { generationId: newer },
      include: { completions: { include: { completion: true } } },
    });
    expect(tasks).toHaveLength(3 - identical);
    for (const task of tasks) {
      expect(task.requiredLabels).toBe(2);
      const models = task.completions.map(({ completion }) => completion.modelVersionId);
      expect(new Set(models)).toEqual(new Set([model.id, project.base.id]));
    }
    expect(await read(project, newer)).toMatchObject({ taskCount: 3 - identical, identicalCount: identical });
  });

  it("refuses to compare a model with itself", async () => {
    const project = await makeProject();
    const same = { modelVersionId: project.base.id, previousModelVersionId: project.base.id };
    await expect(
      startNextRound({ ...project, ...same, promptCount: 1, requiredLabels: 1, samples: 1 }),
    ).rejects.toMatchObject({ code: "same-model" });
  });
});

it("watching a generation gives its state first and ends with it", async () => {
  const project = await makeProject({ prompts: 2 });
  const { generationId } = await create(project);
  const states: GenerationRow[] = [];
  const events = watchJob(generate, project.actor, generationId, never);
  const first = await events.next();
  expect(first.value).toMatchObject({ status: "queued", doneCount: 0, totalCount: 4 });
  const watching = (async () => {
    for await (const state of events) states.push(state);
  })();
  await performGeneration(generationId, { writeText: fakeWriter((q, s) => `${q} ${s}`).writeText, signal: never });
  await watching;
  expect(states.at(-1)).toMatchObject({ status: "completed", doneCount: 4, taskCount: 2 });
});
