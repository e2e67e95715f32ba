import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { CurrentUser } from "../access/current-user";
import { database } from "../database/client";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { createCaller } from "./root";

withTestDatabase();

/** Makes rows of another project, which an admin of this one must not reach through it. */
const foreign = {
  userId: "",
  invitationId: "",
  exclusionId: "",
  promptId: "",
  taskId: "",
  labelId: "",
  datasetVersionId: "",
  runId: "",
  generationId: "",
  scoringId: "",
  exportId: "",
  inspectionId: "",
  evaluationId: "",
  rewardModelId: "",
  modelVersionId: "",
  templateId: "",
};
let admin: CurrentUser;
let project = "";
let ownTaskId = "";
let ownModelId = "";
let ownRewardModelId = "";
const completions: [string, string] = ["", ""];

beforeAll(async () => {
  admin = await makeUser("Admin");
  const other = await makeUser("Other");
  const mine = await makeProject(admin);
  const theirs = await makeProject(other, [admin]); // an id must belong to the named project, even for a member of both
  project = mine.slug;
  ownTaskId = (await makeComparisonTasks(mine, { count: 1 }))[0]?.id ?? "";
  await makeComparisonTasks(theirs, { count: 2 });
  const task = await nextTask({ actor: actorIn(theirs.id, other.id), exclude: [] });
  if (!task) throw new Error("no task");
  const submission = chooseFirst(task);
  const { labelId } = await submitLabel({ actor: actorIn(theirs.id, other.id), submission });
  const dataset = await createDatasetVersion({ projectId: theirs.id, userId: other.id });
  const model = await database().modelVersion.findFirstOrThrow({ where: { projectId: theirs.id } });
  const run = await database().trainingRun.create({
    data: {
      projectId: theirs.id,
      number: 1,
      method: "dpo",
      datasetVersionId: dataset.id,
      baseModelVersionId: model.id,
      configuration: {},
      folder: "runs/1",
      requestedById: other.id,
    },
  });
  const generation = await database().generation.create({
    data: {
      projectId: theirs.id,
      modelVersionId: model.id,
      purpose: "playground",
      temperature: 1,
      topP: 1,
      maxTokens: 8,
      seed: 1,
      totalCount: 1,
      requestedById: other.id,
    },
  });
  const [reward, ownReward] = await Promise.all(
    [theirs, mine].map(({ id: projectId }) =>
      database().modelVersion.create({
        data: { projectId, name: "reward", kind: "reward", artifactKind: "model", artifact: "runs/1/model" },
      }),
    ),
  );
  if (!reward || !ownReward) throw new Error("no reward models");
  ownRewardModelId = ownReward.id;
  const modelExport = await database().modelExport.create({
    data: {
      projectId: theirs.id,
      modelVersionId: model.id,
      format: "gguf",
      weightType: "F16",
      requestedById: other.id,
    },
  });
  const inspection = await database().modelInspection.create({
    data: { projectId: theirs.id, modelVersionId: model.id },
  });
  const scoring = await database().scoring.create({
    data: { projectId: theirs.id, modelVersionId: reward.id, totalCount: 1, requestedById: other.id },
  });
  const evaluation = await database().evaluation.create({
    data: { projectId: theirs.id, modelVersionId: model.id, requestedById: other.id },
  });
  ownModelId = (await database().modelVersion.findFirstOrThrow({ where: { projectId: mine.id, kind: "base" } })).id;
  const theirCaller = createCaller({ user: other });
  const { slug } = theirs;
  const target = { kind: "label" as const, id: labelId };
  Object.assign(foreign, {
    userId: other.id,
    ...(await theirCaller.members.invite({ project: slug, role: "annotator" })),
    ...(await theirCaller.tasks.saveTemplate({ project: slug, name: "theirs", kind: "comparison" })),
    ...(await theirCaller.datasets.exclude({ project: slug, target, reason: "theirs" })),
    promptId: task.prompt.id,
    taskId: task.taskId,
    labelId,
    datasetVersionId: dataset.id,
    runId: run.id,
    generationId: generation.id,
    scoringId: scoring.id,
    exportId: modelExport.id,
    inspectionId: inspection.id,
    evaluationId: evaluation.id,
    rewardModelId: reward.id,
    modelVersionId: model.id,
  });
  completions.splice(0, 2, ...submission.shownOrder);
});

const answer = () => ({
  ...chooseFirst({ taskId: foreign.taskId, completions: completions.map((id) => ({ id })) }),
  idempotencyKey: randomUUID(),
});
const sampling = { temperature: 1, topP: 1, maxTokens: 8, seed: 1 };

type Caller = ReturnType<typeof createCaller>;
const CALLS: Record<string, (caller: Caller) => Promise<unknown>> = {
  "prompts.get": (caller) => caller.prompts.get({ project, promptId: foreign.promptId }),
  "prompts.archive": (caller) => caller.prompts.archive({ project, promptId: foreign.promptId }),
  "prompts.restore": (caller) => caller.prompts.restore({ project, promptId: foreign.promptId }),
  "tasks.look": (caller) => caller.tasks.look({ project, taskId: foreign.taskId }),
  "tasks.setAnnotators": (caller) => caller.tasks.setAnnotators({ project, taskId: foreign.taskId, annotatorIds: [] }),
  "tasks.setAnnotators to a stranger": (caller) =>
    caller.tasks.setAnnotators({ project, taskId: ownTaskId, annotatorIds: [foreign.userId] }),
  "tasks.create for a stranger": (caller) =>
    caller.tasks.create({ project, kind: "comparison", promptIds: "all", annotatorIds: [foreign.userId] }),
  "tasks.saveTemplate for a stranger": (caller) =>
    caller.tasks.saveTemplate({ project, kind: "comparison", name: "x", annotatorIds: [foreign.userId] }),
  "tasks.removeTemplate": (caller) => caller.tasks.removeTemplate({ project, templateId: foreign.templateId }),
  "labels.submit": (caller) => caller.labels.submit({ project, ...answer() }),
  "labels.correct": (caller) =>
    caller.labels.correct({ project, labelId: foreign.labelId, ...answer(), taskId: ownTaskId }),
  "labels.reopen": (caller) => caller.labels.reopen({ project, labelId: foreign.labelId }),
  "labels.withdraw": (caller) => caller.labels.withdraw({ project, labelId: foreign.labelId }),
  "labels.skip": (caller) => caller.labels.skip({ project, taskId: foreign.taskId, reason: "other" }),
  "labels.unskip": (caller) => caller.labels.unskip({ project, taskId: foreign.taskId }),
  "labels.saveDraft": (caller) => caller.labels.saveDraft({ project, taskId: foreign.taskId, content: "x" }),
  "labels.renewLease": (caller) => caller.labels.renewLease({ project, taskId: foreign.taskId }),
  "members.changeRole": (caller) => caller.members.changeRole({ project, userId: foreign.userId, role: "annotator" }),
  "members.remove": (caller) => caller.members.remove({ project, userId: foreign.userId }),
  "members.restore": (caller) => caller.members.restore({ project, userId: foreign.userId, role: "admin" }),
  "members.makePasswordReset": (caller) => caller.members.makePasswordReset({ project, userId: foreign.userId }),
  "members.revokeInvitation": (caller) =>
    caller.members.revokeInvitation({ project, invitationId: foreign.invitationId }),
  "members.restoreInvitation": (caller) =>
    caller.members.restoreInvitation({ project, invitationId: foreign.invitationId }),
  ...Object.fromEntries(
    (["label", "task", "annotator"] as const).flatMap((kind) => {
      const target = () => ({
        kind,
        id: { label: foreign.labelId, task: foreign.taskId, annotator: foreign.userId }[kind],
      });
      return [
        [
          `datasets.exclude ${kind}`,
          (caller: Caller) => caller.datasets.exclude({ project, target: target(), reason: "x" }),
        ],
        [
          `datasets.previewExclusion ${kind}`,
          (caller: Caller) => caller.datasets.previewExclusion({ project, target: target() }),
        ],
      ];
    }),
  ),
  "datasets.liftExclusion": (caller) => caller.datasets.liftExclusion({ project, exclusionId: foreign.exclusionId }),
  "datasets.get": (caller) => caller.datasets.get({ project, datasetVersionId: foreign.datasetVersionId }),
  "runs.sheet": (caller) => caller.runs.sheet({ project, baseModelVersionId: foreign.modelVersionId }),
  "runs.sheet reward": (caller) =>
    caller.runs.sheet({ project, method: "ppo", rewardModelVersionId: foreign.modelVersionId }),
  "runs.get": (caller) => caller.runs.get({ project, runId: foreign.runId }),
  "runs.metrics": (caller) => caller.runs.metrics({ project, runId: foreign.runId }),
  "runs.diagnosis": (caller) => caller.runs.diagnosis({ project, runId: foreign.runId }),
  "runs.log": (caller) => caller.runs.log({ project, runId: foreign.runId }),
  "runs.watch": async (caller) => firstOf(await caller.runs.watch({ project, runId: foreign.runId })),
  "runs.folder": (caller) => caller.runs.folder({ project, runId: foreign.runId }),
  "runs.rollouts": (caller) => caller.runs.rollouts({ project, runId: foreign.runId }),
  "runs.rollout": (caller) => caller.runs.rollout({ project, runId: foreign.runId, iteration: 1, line: 1 }),
  "runs.rewardReport": (caller) => caller.runs.rewardReport({ project, runId: foreign.runId }),
  "runs.correctProbe": (caller) => caller.runs.correctProbe({ project, runId: foreign.runId, probe: "padded" }),
  "runs.stopAtCheckpoint": (caller) => caller.runs.stopAtCheckpoint({ project, runId: foreign.runId }),
  "runs.cancel": (caller) => caller.runs.cancel({ project, runId: foreign.runId }),
  "runs.retry": (caller) => caller.runs.retry({ project, runId: foreign.runId }),
  "models.get": (caller) => caller.models.get({ project, modelVersionId: foreign.modelVersionId }),
  "models.inspect": (caller) => caller.models.inspect({ project, modelVersionId: foreign.modelVersionId }),
  "models.inspection": (caller) => caller.models.inspection({ project, modelVersionId: foreign.modelVersionId }),
  "models.watchInspection": async (caller) =>
    firstOf(await caller.models.watchInspection({ project, inspectionId: foreign.inspectionId })),
  "models.archive": (caller) => caller.models.archive({ project, modelVersionId: foreign.modelVersionId }),
  "models.restore": (caller) => caller.models.restore({ project, modelVersionId: foreign.modelVersionId }),
  "models.promote": (caller) => caller.models.promote({ project, modelVersionId: foreign.modelVersionId }),
  "generations.get": (caller) => caller.generations.get({ project, generationId: foreign.generationId }),
  "generations.watch": async (caller) =>
    firstOf(await caller.generations.watch({ project, generationId: foreign.generationId })),
  "generations.cancel": (caller) => caller.generations.cancel({ project, generationId: foreign.generationId }),
  "generations.create": (caller) =>
    caller.generations.create({
      project,
      modelVersionId: foreign.modelVersionId,
      promptIds: "all",
      samples: 1,
      ...sampling,
      makeTasks: false,
      requiredLabels: 1,
    }),
  "playground.start": (caller) =>
    caller.playground.start({
      project,
      messages: [{ role: "user", content: "x" }],
      modelVersionId: foreign.modelVersionId,
      ...sampling,
    }),
  "playground.start with a reward model": (caller) =>
    caller.playground.start({
      project,
      messages: [{ role: "user", content: "x" }],
      modelVersionId: ownModelId,
      rewardModelId: foreign.rewardModelId,
      ...sampling,
    }),
  "playground.watch": async (caller) =>
    firstOf(await caller.playground.watch({ project, generationId: foreign.generationId })),
  "playground.cancel": (caller) => caller.playground.cancel({ project, generationId: foreign.generationId }),
  "tasks.list by a reward model": (caller) => caller.tasks.list({ project, rewardModelId: foreign.rewardModelId }),
  "scores.start of a prompt": (caller) =>
    caller.scores.start({ project, modelVersionId: ownRewardModelId, promptId: foreign.promptId }),
  "exports.list": (caller) => caller.exports.list({ project, modelVersionId: foreign.modelVersionId }),
  "exports.start": (caller) =>
    caller.exports.start({ project, modelVersionId: foreign.modelVersionId, format: "gguf", type: "F16" }),
  "exports.watch": async (caller) => firstOf(await caller.exports.watch({ project, exportId: foreign.exportId })),
  "exports.cancel": (caller) => caller.exports.cancel({ project, exportId: foreign.exportId }),
  "exports.remove": (caller) => caller.exports.remove({ project, exportId: foreign.exportId }),
  "scores.summary": (caller) => caller.scores.summary({ project, modelVersionId: foreign.rewardModelId }),
  "scores.start": (caller) => caller.scores.start({ project, modelVersionId: foreign.rewardModelId }),
  "scores.watch": async (caller) => firstOf(await caller.scores.watch({ project, scoringId: foreign.scoringId })),
  "evaluations.start": (caller) => caller.evaluations.start({ project, modelVersionId: foreign.modelVersionId }),
  "evaluations.watch": async (caller) =>
    firstOf(await caller.evaluations.watch({ project, evaluationId: foreign.evaluationId })),
  "evaluations.cancel": (caller) => caller.evaluations.cancel({ project, evaluationId: foreign.evaluationId }),
  "scores.cancel": (caller) => caller.scores.cancel({ project, scoringId: foreign.scoringId }),
};

async function firstOf(events: AsyncIterable<unknown>): Promise<unknown> {
  for await (const event of events) return event;
  return undefined;
}

describe("ids of another project", () => {
  it.each(Object.keys(CALLS))("%s finds nothing", async (path) => {
    await expect(CALLS[path]?.(createCaller({ user: admin }))).rejects.toThrow(/There is no such/);
  });

  it("filters show nothing of another project", async () => {
    const { labels, tasks } = createCaller({ user: admin });
    const { datasetVersionId, taskId, promptId } = foreign;
    expect((await labels.list({ project, taskId })).rows).toEqual([]);
    expect((await labels.list({ project, datasetVersionId })).rows).toEqual([]);
    expect((await tasks.list({ project, promptId })).rows).toEqual([]);
    await expect(tasks.create({ project, kind: "comparison", promptIds: [promptId] })).rejects.toThrow(
      /no such prompts/,
    );
  });
});
