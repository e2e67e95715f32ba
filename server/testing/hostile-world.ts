import { randomUUID } from "node:crypto";
import { STARTING_RUBRIC } from "@/domain/labels/rubric";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { actorIn } from "./actors";
import type { Known } from "./hostile-values";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "./test-rows";

/** Makes a project that has one of everything that a procedure can name, and the people who ask. */
export async function makeHostileWorld() {
  const [admin, annotator] = [await makeUser("Admin", "admin"), await makeUser("Ann")];
  const project = await makeProject(admin, [annotator]);
  const { id: projectId, slug } = project;
  const of = { projectId };
  const caller = createCaller({ user: admin });
  await caller.projects.updateRubric({ project: slug, criteria: STARTING_RUBRIC });
  const tasks = await makeComparisonTasks(project, { count: 6, requiredLabels: 2 });
  const task = await nextTask({ actor: actorIn(projectId, annotator.id, "annotator"), exclude: [] });
  if (!task) throw new Error("no task");
  const { labelId } = await submitLabel({
    actor: actorIn(projectId, annotator.id, "annotator"),
    submission: chooseFirst(task),
  });
  const dataset = await createDatasetVersion({ projectId, userId: admin.id });
  const model = await database().modelVersion.findFirstOrThrow({ where: of });
  const reward = await database().modelVersion.create({
    data: { ...of, name: "reward", kind: "reward", artifactKind: "model", artifact: "runs/1/model" },
  });
  const requested = { ...of, modelVersionId: model.id, requestedById: admin.id };
  const run = await database().trainingRun.create({
    data: {
      ...{ ...of, number: 1, method: "dpo", datasetVersionId: dataset.id, baseModelVersionId: model.id },
      ...{ configuration: {}, folder: "runs/1", requestedById: admin.id },
    },
  });
  const generation = await database().generation.create({
    data: { ...requested, purpose: "playground", temperature: 1, topP: 1, maxTokens: 8, seed: 1, totalCount: 1 },
  });
  const modelExport = await database().modelExport.create({
    data: { ...requested, format: "gguf", weightType: "F16" },
  });
  const inspection = await database().modelInspection.create({ data: { ...of, modelVersionId: model.id } });
  const scoring = await database().scoring.create({
    data: { ...requested, modelVersionId: reward.id, totalCount: 1 },
  });
  const evaluation = await database().evaluation.create({ data: requested });
  const { invitationId } = await caller.members.invite({ project: slug, role: "annotator" });
  const { templateId } = await caller.tasks.saveTemplate({ project: slug, name: "a template", kind: "comparison" });
  const criteria = await database().criterion.findMany({ where: { rubric: of }, select: { id: true } });
  const prompts = await database().prompt.findMany({ where: of, select: { id: true } });
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
  const completionIds = tasks.flatMap(({ completions }) => completions.map(({ completionId }) => completionId));
  const known: Known = {
    project: [slug],
    userId: [annotator.id],
    annotatorId: [annotator.id],
    annotatorIds: [annotator.id],
    invitationId: [invitationId],
    templateId: [templateId],
    promptId: ids(prompts),
    promptIds: ids(prompts),
    taskId: ids(tasks),
    exclude: ids(tasks),
    labelId: [labelId],
    criterionId: ids(criteria),
    completionId: completionIds,
    chosenCompletionId: completionIds,
    rejectedCompletionId: completionIds,
    shownOrder: completionIds,
    idempotencyKey: [randomUUID()],
    datasetVersionId: [dataset.id],
    runId: [run.id],
    generationId: [generation.id],
    scoringId: [scoring.id],
    exportId: [modelExport.id],
    inspectionId: [inspection.id],
    evaluationId: [evaluation.id],
    rewardModelId: [reward.id],
    rewardModelVersionId: [reward.id],
    modelVersionId: [model.id],
    baseModelVersionId: [model.id],
    previousModelVersionId: [reward.id],
    id: [labelId, annotator.id, ...ids(tasks)],
    // The keys of a run's configuration and of a file's columns.
    record: ["learningRate", "beta", "epochs", "maxLength", "method", "prompt", "rewardFunctions", "constructor"],
  };
  return { admin, annotator, slug, projectId, known };
}
export type HostileWorld = Awaited<ReturnType<typeof makeHostileWorld>>;
