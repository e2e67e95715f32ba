import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { resolveModel } from "../models/resolve-model";
import { uploadImport } from "../prompts/upload-import";
import { performRun, type Train } from "../runs/perform-run";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, type TestProject, withTestQueue } from "../testing/test-loop";
import { dataPath } from "./data-folder";

withTestDatabase();
withTestQueue();

const CHECKPOINT_BYTES = 1000;
const MODEL_BYTES = 300;

async function writeCheckpoint(runFolder: string, step: number, member = "."): Promise<void> {
  const folder = dataPath(runFolder, "checkpoints", member, `step-${String(step).padStart(6, "0")}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "state.safetensors"), Buffer.alloc(CHECKPOINT_BYTES));
}

/** Leaves two checkpoints and an adapter behind, as the trainer does. */
const leavingCheckpoints: Train = async (_config, { outputDir }) => {
  const folder = path.relative(dataPath(), outputDir);
  for (const step of [999_999, 1_000_000]) await writeCheckpoint(folder, step); // the names do not sort as text
  await mkdir(dataPath(folder, "checkpoints", "best-999999"));
  await mkdir(path.join(outputDir, "adapter"));
  await writeFile(path.join(outputDir, "adapter", "adapter_model.safetensors"), Buffer.alloc(MODEL_BYTES));
  return { kind: "adapter", path: path.join(outputDir, "adapter") };
};
const failing: Train = async (config, options) => {
  await leavingCheckpoints(config, options);
  throw new Error("the disk caught fire");
};
const checkpointsOf = (run: { folder: string }) => readdir(dataPath(run.folder, "checkpoints"));

async function scene() {
  const project = await makeProject();
  const user = await database().user.findUniqueOrThrow({ where: { id: project.userId } });
  const { storage, models } = createCaller({ user });
  const perform = async (train: Train = leavingCheckpoints) => {
    const run = await makeRun(project);
    const signal = new AbortController().signal;
    await performRun(run.id, { train, backend: "cpu", signal });
    return run;
  };
  return { project, storage, models, perform, slug: { project: project.slug } };
}
const auditOf = async ({ projectId }: TestProject) =>
  (await database().auditEntry.findMany({ where: { projectId }, orderBy: { id: "asc" } })).map(
    ({ action, detail }) => `${action}: ${detail}`,
  );

describe("checkpoints of runs that have ended", () => {
  it("are kept as the project says, from the moment the run ends", async () => {
    const { storage, perform, slug, project } = await scene();
    const kept = await perform();
    expect(await checkpointsOf(kept), "the newest one by default").toEqual(["best-999999", "step-1000000"]);
    const log = await database().runLogLine.findMany({ where: { runId: kept.id } });
    expect(log.map(({ message }) => message).join("\n")).toContain("Removed 1 checkpoint");

    await storage.setRetention({ ...slug, retention: "all" });
    expect(await checkpointsOf(await perform())).toHaveLength(3);
    await storage.setRetention({ ...slug, retention: "none" });
    expect(await checkpointsOf(await perform(failing))).toEqual([]);
    expect(await auditOf(project)).toEqual(["storage.setRetention: last → all", "storage.setRetention: all → none"]);
  });

  it("of an ensemble are counted and go as well, those of the member that was trained last after the others", async () => {
    const { storage, perform, slug } = await scene();
    const run = await perform(async (config, options) => {
      const folder = path.relative(dataPath(), options.outputDir);
      for (const member of ["member-1", "member-2", "member-10"])
        for (const step of [4, 8]) await writeCheckpoint(folder, step, member);
      return leavingCheckpoints(config, options);
    });
    const left = async () =>
      (await readdir(dataPath(run.folder, "checkpoints"), { recursive: true })).filter((name) =>
        /member.*step-\d+$/.test(name),
      );
    expect(await left()).toEqual(["member-10/step-000008"]);
    expect((await storage.get(slug)).bytes.checkpoints).toBe(2 * CHECKPOINT_BYTES);
    await storage.setRetention({ ...slug, retention: "none" });
    expect(await storage.cleanUp(slug)).toEqual({ bytes: 2 * CHECKPOINT_BYTES });
    expect(await left()).toEqual([]);
  });

  it("go by a button; models, and what runs still need, stay", async () => {
    const { storage, perform, slug, project } = await scene();
    await storage.setRetention({ ...slug, retention: "all" });
    const ended = await perform();
    const working = await makeRun(project);
    await database().trainingRun.update({ where: { id: working.id }, data: { status: "running" } });
    await writeCheckpoint(working.folder, 1);
    expect(await storage.get(slug)).toMatchObject({ spareBytes: 0, bytes: { checkpoints: 3 * CHECKPOINT_BYTES } });

    await storage.setRetention({ ...slug, retention: "none" });
    const before = await storage.get(slug);
    expect(before.spareBytes).toBe(2 * CHECKPOINT_BYTES);
    expect(await storage.cleanUp(slug)).toEqual({ bytes: 2 * CHECKPOINT_BYTES });
    expect(await checkpointsOf(ended)).toEqual([]);
    expect(await checkpointsOf(working)).toEqual(["step-000001"]);
    expect(await readdir(dataPath(ended.folder, "adapter"))).toEqual(["adapter_model.safetensors"]);
    expect((await auditOf(project)).at(-1)).toBe("storage.cleanUp: 0.0 MB");

    expect(await storage.cleanUp(slug)).toEqual({ bytes: 0 });
    expect((await auditOf(project)).filter((line) => line.startsWith("storage.cleanUp"))).toHaveLength(1);
  });
});

it("tells what each run and dataset version takes, and the sum of it", async () => {
  const { storage, perform, slug, project } = await scene();
  const run = await perform();
  await writeFile(dataPath(run.folder, "metrics.jsonl"), "x".repeat(50));
  const dataset = await database().datasetVersion.findFirstOrThrow({ where: { projectId: project.projectId } });
  await mkdir(dataPath(dataset.folder), { recursive: true });
  await writeFile(dataPath(dataset.folder, "manifest.json"), "y".repeat(70));
  const gone = await makeRun(project); // nothing is on disk yet
  const bytesOf = (async function* () {
    yield Buffer.alloc(30);
  })();
  await uploadImport({ actor: project.actor, fileName: "a.jsonl", hint: null, bytes: bytesOf, announced: null });

  const { runs, datasets, bytes, freeBytes } = await storage.get(slug);
  expect(runs.find(({ id }) => id === run.id)).toMatchObject({
    checkpointBytes: CHECKPOINT_BYTES,
    modelBytes: MODEL_BYTES,
    recordBytes: 50,
    spareBytes: 0,
    model: { name: expect.stringContaining("DPO run") },
  });
  expect(runs.find(({ id }) => id === gone.id)).toMatchObject({ checkpointBytes: 0, modelBytes: 0, model: null });
  expect(datasets.map((version) => version.bytes).sort()).toEqual([0, 70]);
  expect(bytes).toEqual({
    checkpoints: CHECKPOINT_BYTES,
    models: MODEL_BYTES,
    records: 50,
    datasets: 70,
    uploads: 30,
    total: CHECKPOINT_BYTES + MODEL_BYTES + 150,
  });
  expect(freeBytes).toBeGreaterThan(0);
});

describe("archived models", () => {
  const modelOf = (run: { id: string }) =>
    database().modelVersion.findFirstOrThrow({ where: { trainingRunId: run.id } });

  it("lose their files with the next clean-up, keep their row, and can be brought back until then", async () => {
    const { storage, models, perform, slug } = await scene();
    const run = await perform();
    const model = await modelOf(run);
    const one = { ...slug, modelVersionId: model.id };
    await models.archive(one);
    expect((await models.list(slug)).some(({ id }) => id === model.id)).toBe(false);
    expect((await storage.get(slug)).spareBytes).toBe(MODEL_BYTES);
    await models.restore(one);
    expect(await storage.cleanUp(slug)).toEqual({ bytes: 0 });

    await models.archive(one);
    expect(await storage.cleanUp(slug)).toEqual({ bytes: MODEL_BYTES });
    expect(await readdir(dataPath(run.folder))).not.toContain("adapter");
    expect(await models.get(one)).toMatchObject({ filesRemovedAt: expect.any(Date), files: [] });
    expect((await storage.get(slug)).runs[0]).toMatchObject({ modelBytes: 0, model: { filesRemoved: true } });
    await expect(models.restore(one)).rejects.toThrow(/have been removed/);
    const row = await database().modelVersion.findUniqueOrThrow({ where: { id: model.id } });
    await expect(resolveModel(database(), row)).rejects.toMatchObject({ code: "model-removed" });
  });

  it("cannot be one that something uses, and one that came into use meanwhile keeps its files", async () => {
    const { project, storage, models, perform, slug } = await scene();
    const parent = await modelOf(await perform());
    const child = await modelOf(await perform());
    await database().modelVersion.update({ where: { id: child.id }, data: { parentId: parent.id } });
    const archive = (model: { id: string }) => models.archive({ ...slug, modelVersionId: model.id });
    await expect(archive(parent)).rejects.toThrow(/is what “DPO run 2” was trained from/);
    await expect(archive(project.base)).rejects.toThrow(/files of an imported base do not belong to this instance/);
    await models.promote({ ...slug, modelVersionId: child.id });
    await expect(archive(child)).rejects.toThrow(/is the promoted model/);

    await models.promote({ ...slug, modelVersionId: parent.id });
    await archive(child);
    const next = await makeRun(project);
    const setRun = (data: object) => database().trainingRun.update({ where: { id: next.id }, data });
    await setRun({ baseModelVersionId: child.id });
    expect(await storage.cleanUp(slug), "a run waits for it").toEqual({ bytes: 0 });
    await setRun({ baseModelVersionId: project.base.id, configuration: { rewardModels: [child.id] } });
    expect(await storage.cleanUp(slug), "a run names it as its reward model").toEqual({ bytes: 0 });
    await setRun({ status: "cancelled" });
    expect(await storage.cleanUp(slug)).toEqual({ bytes: MODEL_BYTES });
  });
});
