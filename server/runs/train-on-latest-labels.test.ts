import { describe, expect, it } from "vitest";
import type { ProjectActor } from "../access/actor";
import { database } from "../database/client";
import { jobs } from "../jobs/boss";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { performRun } from "./perform-run";
import type { Overrides } from "./resolve-configuration";
import { listRuns } from "./run-row";
import { runSheet } from "./run-sheet";
import { trainOnLatestLabels } from "./train-on-latest-labels";

withTestDatabase();
withTestQueue();

/** Makes a project with so many comparisons, all answered. */
async function labelled(count: number) {
  const admin = await makeUser("Admin");
  const project = await makeProject(admin);
  await makeComparisonTasks(project, { count });
  const actor = actorIn(project.id, admin.id);
  await label(actor);
  const base = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
  return { projectId: project.id, actor, baseModelVersionId: base.id, method: "dpo" as const };
}

async function label(actor: ProjectActor) {
  for (;;) {
    const task = await nextTask({ actor, exclude: [] });
    if (!task) return;
    await submitLabel({ actor, submission: chooseFirst(task) });
  }
}

describe("the sheet", () => {
  it("says how many labels are missing", async () => {
    const { actor } = await labelled(2);
    const sheet = await runSheet({ actor });
    const { train } = sheet.preview.pairs;
    expect(sheet.blocked).toMatch(/^DPO needs at least 5 preference pairs to train on and there (is|are) \d/);
    expect(sheet.blocked).toContain(`Compare completions ${5 - train} more time`);
    expect(sheet.methods.find(({ method }) => method === "dpo")?.available).toBe(false);
  });

  it("shows every hyperparameter with what it means, and defaults that move a model with few labels", async () => {
    const { actor } = await labelled(16);
    const sheet = await runSheet({ actor });
    expect(sheet).toMatchObject({ method: "dpo", blocked: null });
    expect(sheet.estimate.steps).toBeGreaterThanOrEqual(20);
    expect(sheet.estimate.memory).toMatch(/^Memory: about \d\.\d GB at the peak \(.*\); \d+\.\d GB can be had$/);
    const fields = new Map(sheet.configuration.map((field) => [field.key, field]));
    expect(fields.get("batchSize")).toMatchObject({ type: "number", basic: true });
    expect(fields.get("batchSize")?.why).toContain("instead of the usual");
    expect(fields.get("learningRate")).toMatchObject({ value: 5e-5, range: { min: 5e-6, max: 5e-5 } });
    expect(fields.get("loss")).toMatchObject({ type: "choice", options: ["sigmoid", "robust", "ipo", "sigmoid_norm"] });
    expect(fields.get("lora")).toMatchObject({ type: "boolean", value: true });
    expect(fields.get("lora.rank")).toMatchObject({ type: "number", value: 16 });
    expect([...fields.keys()].filter((key) => ["model", "adapter", "dataset", "method"].includes(key))).toEqual([]);
    for (const { meaning } of sheet.configuration) expect(meaning).not.toBe("");
  });

  it("has a field for each capability suite's threshold, and says at which a value is wrong", async () => {
    const { actor } = await labelled(16);
    const sheet = (overrides: Overrides) => runSheet({ actor, method: "ppo", overrides });
    const { configuration } = await sheet({ suitesEvery: 5, "suiteThresholds.math": 0.4 });
    const thresholds = configuration.filter(({ key }) => key.startsWith("suiteThresholds"));
    expect(thresholds.map(({ key, title, type, value }) => [key, title, type, value])).toEqual([
      ["suiteThresholds.math", "Least accuracy, math", "number", 0.4],
      ["suiteThresholds.coding", "Least accuracy, coding", "number", null],
      ["suiteThresholds.reasoning", "Least accuracy, reasoning", "number", null],
    ]);
    await expect(sheet({ suitesEvery: 5, "suiteThresholds.coding": 40 })).rejects.toThrow(
      /^run: suiteThresholds\.coding: .*<=1 \(got 40\)/,
    );
    await expect(sheet({ suitesEvery: 5, "suiteThresholds.singing": 0.4 })).rejects.toThrow(/^run: suiteThresholds/);
    await expect(sheet({ "suiteThresholds.math": 0.4 })).rejects.toThrow(/^run: suiteThresholds: .*suitesEvery/);
  });

  it("shows the numbers of all weights when the adapter is switched off", async () => {
    const { actor } = await labelled(16);
    const { configuration } = await runSheet({ actor, overrides: { lora: false } });
    expect(configuration.find(({ key }) => key === "learningRate")?.value).toBe(5e-6);
    expect(configuration.find(({ key }) => key === "lora")?.value).toBe(false);
  });
});

describe("the model to start from", () => {
  it("may be a reward model for a reward model alone, and then a single one", async () => {
    const { projectId, baseModelVersionId, actor } = await labelled(8);
    const dataset = await database().datasetVersion.create({
      data: {
        projectId,
        version: 9,
        folder: "datasets/9",
        status: "ready",
        createdById: (await database().project.findUniqueOrThrow({ where: { id: projectId } })).createdById,
      },
    });
    const rewardModel = async (number: number, ensemble: number) => {
      const run = await database().trainingRun.create({
        data: {
          projectId,
          number,
          method: "reward",
          datasetVersionId: dataset.id,
          baseModelVersionId,
          configuration: { ensemble },
          folder: `runs/${number}`,
          requestedById: dataset.createdById,
        },
      });
      return database().modelVersion.create({
        data: {
          projectId,
          name: `judge ${number}`,
          kind: "reward",
          artifactKind: "adapter",
          artifact: "runs/x/adapter",
          parentId: baseModelVersionId,
          trainingRunId: run.id,
        },
      });
    };
    const single = await rewardModel(1, 1);
    await rewardModel(2, 3);
    const sheet = await runSheet({ actor, method: "reward", baseModelVersionId: single.id });
    expect(sheet.base.id).toBe(single.id);
    expect(sheet.bases.filter(({ scores }) => scores).map(({ name }) => name)).toEqual(["judge 1"]);
    await expect(runSheet({ actor, method: "dpo", baseModelVersionId: single.id })).rejects.toMatchObject({
      code: "model-writes-no-text",
    });
    const dpo = await runSheet({ actor, method: "dpo" });
    expect(dpo.bases.some(({ scores }) => scores)).toBe(false);
  });
});

describe("training on the latest labels", () => {
  it("makes a dataset version, a run and its job, and uses the version again while nothing changed", async () => {
    const project = await labelled(16);
    const first = await trainOnLatestLabels({ ...project, overrides: { beta: 0.3, "lora.rank": 8 } });
    const second = await trainOnLatestLabels(project);
    expect([first.number, second.number]).toEqual([1, 2]);
    const runs = await listRuns(project.actor);
    expect(runs.map(({ number, status }) => [number, status])).toEqual([
      [2, "queued"],
      [1, "queued"],
    ]);
    expect(runs[1]?.configuration).toMatchObject({ method: "dpo", beta: 0.3, lora: { rank: 8, alpha: 16 } });
    expect(runs[1]?.configuration).not.toHaveProperty("dataset");
    expect(new Set(runs.map(({ datasetVersion }) => datasetVersion.id)).size).toBe(1);
    const sent = await (await jobs()).findJobs("train", { data: { id: first.runId } });
    expect(sent).toHaveLength(1);
  });

  it("can be carried out as it was stored", async () => {
    const project = await labelled(16);
    const { runId } = await trainOnLatestLabels(project);
    let method: string | undefined;
    await performRun(runId, {
      backend: "cpu",
      signal: new AbortController().signal,
      train: async (config, { outputDir }) => {
        method = config.method;
        return { kind: "adapter", path: outputDir };
      },
    });
    expect(method).toBe("dpo");
    const [run] = await listRuns(project.actor);
    expect(run).toMatchObject({ status: "completed", model: { name: "DPO run 1" } });
    const next = await runSheet({ actor: project.actor, baseModelVersionId: run?.model?.id });
    expect(next.configuration.some(({ key }) => key.startsWith("lora."))).toBe(false); // the run goes on with that adapter
  });

  it("refuses too few labels and wrong keys before anything is made", async () => {
    const few = await labelled(2);
    await expect(trainOnLatestLabels(few)).rejects.toMatchObject({ code: "too-few-labels" });
    const enough = await labelled(16);
    const wrong: Overrides[] = [{ betta: 0.1 }, { beta: -1 }, { dataset: "/etc/passwd" }, { "lora.rank": "wide" }];
    for (const overrides of wrong)
      await expect(trainOnLatestLabels({ ...enough, overrides })).rejects.toMatchObject({ code: "run-config-invalid" });
    for (const { projectId } of [few, enough]) {
      expect(await database().datasetVersion.count({ where: { projectId } })).toBe(0);
      expect(await database().trainingRun.count({ where: { projectId } })).toBe(0);
    }
  });

  it("queues PPO with a computed reward or a reward model, and nothing without either", async () => {
    const project = await labelled(16);
    const ppo = { ...project, method: "ppo" as const };
    await expect(trainOnLatestLabels({ ...ppo, rewardModelVersionId: null })).rejects.toMatchObject({
      code: "reward-missing",
    });
    const rewardFunctions = JSON.stringify([{ name: "length", max: 20 }]);
    const { runId } = await trainOnLatestLabels({ ...ppo, overrides: { rewardFunctions } });
    const module = JSON.stringify([{ name: "module", path: "/tmp/x.js" }]);
    for (const wrong of [module, "[", '[{"name":"none"}]'])
      await expect(trainOnLatestLabels({ ...ppo, overrides: { rewardFunctions: wrong } })).rejects.toMatchObject({
        code: "run-config-invalid",
      });
    const { id } = await database().modelVersion.create({
      data: { projectId: project.projectId, name: "Reward", kind: "reward", artifactKind: "adapter", artifact: "r/a" },
    });
    await trainOnLatestLabels(ppo);
    const [scored, computed] = await listRuns(project.actor);
    expect(computed).toMatchObject({
      id: runId,
      rewardModel: null,
      configuration: { method: "ppo", epochs: expect.any(Number) },
    });
    expect(scored).toMatchObject({ rewardModel: { id }, configuration: { method: "ppo" } });
    expect(scored?.configuration).not.toHaveProperty("rewardModels");
    let seen: unknown;
    await performRun(scored?.id ?? "", {
      backend: "cpu",
      signal: new AbortController().signal,
      train: async (config, { outputDir }) => {
        seen = config;
        return { kind: "adapter", path: outputDir };
      },
    });
    expect(seen).toMatchObject({ method: "ppo", rewardModels: [expect.stringMatching(/r\/a$/)] });
  });

  it("gives runs that are asked for at the same time different numbers", async () => {
    const project = await labelled(16);
    const runs = await Promise.all([1, 2, 3].map(() => trainOnLatestLabels(project)));
    expect(runs.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
  });
});
