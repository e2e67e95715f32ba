import { createHash, randomUUID } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { createDatasetVersion } from "./create-dataset-version";
import { openVersionExport } from "./export-version";
import { getDatasetVersion } from "./get-dataset-version";
import { previewDataset } from "./preview-dataset";
import type { Manifest } from "./version-files";

withTestDatabase();

type Verdict = "chosen" | "tie" | "both_bad";

async function scene(count: number) {
  const admin = await makeUser("Ada");
  const annotator = await makeUser("Bo");
  const project = await makeProject(admin, [annotator]);
  await makeComparisonTasks(project, { count });
  const input = { projectId: project.id, userId: admin.id };
  const answer = async (verdict: Verdict = "chosen") => {
    const task = await nextTask({ actor: actorIn(project.id, annotator.id), exclude: [] });
    if (!task) throw new Error("no task left");
    const first = chooseFirst(task);
    const submission = verdict === "chosen" ? first : { ...first, comparison: { outcome: verdict } };
    return submitLabel({ actor: actorIn(project.id, annotator.id), submission });
  };
  return { admin, annotator, project, input, answer };
}

const readManifest = async (folder: string) =>
  JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8")) as Manifest;

describe("a dataset version", () => {
  it("leads from each line of its files to the labels and the person", async () => {
    const { annotator, input, answer, project } = await scene(6);
    for (let i = 0; i < 6; i++) await answer();
    const { id, folder, hash } = await createDatasetVersion(input);

    const manifest = await readManifest(folder);
    expect(manifest.hash).toBe(hash);
    expect(manifest.records).toHaveLength(6);
    for (const record of manifest.records) {
      const lines = (await readFile(path.join(folder, record.file), "utf8")).split("\n");
      const line = JSON.parse(lines[record.line - 1] ?? "");
      const [labelId] = record.labelIds;
      const label = await database().label.findUniqueOrThrow({
        where: { id: labelId },
        include: { comparison: { include: { chosen: true, rejected: true } }, annotator: true, task: true },
      });
      expect(label.annotator.name).toBe(annotator.name);
      expect(line.chosen[0].content).toBe(label.comparison?.chosen?.content);
      expect(line.rejected[0].content).toBe(label.comparison?.rejected?.content);
      expect(line).toMatchObject({ margin: 2 / 3, groupId: null, labelIds: [labelId], promptId: label.task.promptId });
      expect(line).toMatchObject({ annotatorIds: [annotator.id], votes: { for: 1, against: 0 } });
      expect(line.taskType).toEqual(expect.any(String));
    }

    const detail = await getDatasetVersion({
      actor: actorIn(project.id, project.createdById),
      datasetVersionId: id,
      limit: 4,
    });
    expect(detail.records).toHaveLength(4);
    expect(detail.records[0]?.sources[0]?.annotator).toEqual({ id: annotator.id, name: "Bo", source: null });
    const rest = await getDatasetVersion({
      actor: actorIn(project.id, project.createdById),
      datasetVersionId: id,
      limit: 4,
      cursor: detail.nextCursor,
    });
    expect(rest.records).toHaveLength(2);
    expect(rest.nextCursor).toBeNull();
    expect(detail.files.map(({ name }) => name)).toContain("manifest.json");
    expect(detail.counts.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });

  it("accounts for every label: exported = used + left out, with the reason", async () => {
    const { admin, input, answer, project } = await scene(8);
    const labels = [];
    for (const verdict of ["chosen", "chosen", "chosen", "chosen", "tie", "both_bad"] as const)
      labels.push(await answer(verdict));
    const [taken, excluded, ofTask] = labels;
    if (!taken || !excluded || !ofTask) throw new Error("no labels");
    const annotatorId = (await database().label.findUniqueOrThrow({ where: { id: taken.labelId } })).annotatorId;
    await withdrawLabel({ actor: actorIn(project.id, annotatorId), labelId: taken.labelId });
    const task = await database().label.findUniqueOrThrow({ where: { id: ofTask.labelId } });
    const exclusion = { projectId: project.id, reason: "test", createdById: admin.id };
    await database().exclusion.createMany({
      data: [
        { ...exclusion, labelId: excluded.labelId },
        { ...exclusion, taskId: task.taskId },
      ],
    });

    const preview = await previewDataset(actorIn(project.id, admin.id));
    const { id, folder } = await createDatasetVersion(input);
    const manifest = await readManifest(folder);
    const leftOut = Object.fromEntries(manifest.leftOut.map(({ reason, count }) => [reason, count]));
    expect(leftOut).toEqual({ withdrawn: 1, excluded_label: 1, excluded_task: 1, tie: 1 });
    expect(manifest).toMatchObject({ exported: 6, used: 2 });
    expect(manifest.ledger.map(({ labelId }) => labelId).sort()).toEqual(labels.map(({ labelId }) => labelId).sort());
    expect(preview).toMatchObject({ exported: 6, used: 2, leftOut: manifest.leftOut, newSinceLatest: 5 });
    expect(preview.pairs.train + preview.pairs.validation).toBe(1);
    expect(preview.unpaired.train + preview.unpaired.validation).toBe(2);
    const entries = await database().datasetLedgerEntry.findMany({ where: { datasetVersionId: id } });
    expect(entries.filter(({ used }) => used)).toHaveLength(2);
    expect(await previewDataset(actorIn(project.id, admin.id))).toMatchObject({
      newSinceLatest: 0,
      latest: { version: 1, usedCount: 2 },
    });
  });

  it("of format 1 keeps its hash and its files, and is followed by one of format 2", async () => {
    const { input, answer, project } = await scene(1);
    await answer();
    const { folder: place, version, ...now } = await createDatasetVersion(input);
    const old = path.join(import.meta.dirname, "fixtures", "version-of-format-1");
    await cp(old, place, { recursive: true });
    const { hash } = await readManifest(old);
    await database().datasetVersion.update({ where: { id: now.id }, data: { hash } });
    const actor = actorIn(project.id, project.createdById);
    const ofVersion = { actor, datasetVersionId: now.id };
    expect(await getDatasetVersion({ ...ofVersion, limit: 1 })).toMatchObject({ hash, version });
    const { stream } = await openVersionExport({ ...ofVersion, file: "trl-preference.train.jsonl" });
    expect(JSON.parse(await text(stream))).toMatchObject({ margin: 2 / 3, chosen: [{ content: "It is 4." }] });
    expect(await createDatasetVersion(input)).toMatchObject({ version: version + 1, hash: now.hash, reused: false });
    expect(await getDatasetVersion({ ...ofVersion, limit: 1 })).toMatchObject({ hash });
  });

  it("has a hash that depends on the records alone, and is not taken twice of the same labels", async () => {
    const { input, answer } = await scene(4);
    await answer();
    await answer();
    const first = await createDatasetVersion(input);
    expect(await createDatasetVersion(input)).toEqual({ ...first, reused: true });

    await answer("tie"); // the label adds no record, but the ledger has one label more to account for
    const second = await createDatasetVersion(input);
    expect(second).toMatchObject({ version: 2, hash: first.hash, reused: false });
    const manifest = await readManifest(second.folder);
    for (const { name, sha256 } of manifest.files) {
      const content = await readFile(path.join(second.folder, name));
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
    await answer();
    expect((await createDatasetVersion(input)).hash).not.toBe(first.hash);
  });

  it("is one version when two are asked for at once", async () => {
    const { input, answer, project } = await scene(3);
    await answer();
    const made = await Promise.all([1, 2, 3].map(() => createDatasetVersion(input)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await database().datasetVersion.count({ where: { projectId: project.id } })).toBe(1);
    const folders = await readdir(dataPath("datasets"));
    expect(folders).toContain(made[0]?.id);
    expect(await readdir(dataPath("tmp"))).toEqual([]);
  });

  it("refuses to be empty and leaves nothing behind", async () => {
    const { input, answer } = await scene(1);
    await expect(createDatasetVersion(input)).rejects.toMatchObject({ code: "dataset-empty" });
    await answer("tie");
    await expect(createDatasetVersion(input)).rejects.toThrow(/no label/);
    expect(await database().datasetVersion.count({ where: { projectId: input.projectId } })).toBe(0);
  });

  it("leaves no rows where the folder can't be written", async () => {
    const { input, answer } = await scene(1);
    await answer();
    const before = process.env.TUNELOOP_DATA;
    expect(before).toBeDefined();
    const { writeFile, rename, rm } = await import("node:fs/promises");
    const place = dataPath("datasets");
    const aside = dataPath(`datasets-${randomUUID()}`);
    await rename(place, aside);
    await writeFile(place, "a file where the folder should be");
    await expect(createDatasetVersion(input)).rejects.toThrow();
    await rm(place);
    await rename(aside, place);
    expect(await database().datasetVersion.count({ where: { projectId: input.projectId } })).toBe(0);
    expect(await readdir(dataPath("tmp"))).toEqual([]);
  });
});

describe("all four kinds", () => {
  it("become lines of their files", async () => {
    const admin = await makeUser("Ada");
    const project = await makeProject(admin);
    const [task] = await makeComparisonTasks(project, { count: 1 });
    if (!task) throw new Error("no task");
    const [one, two] = task.completions.map(({ completionId }) => completionId);
    if (!one || !two) throw new Error("no completions");
    const rubric = await database().rubric.create({
      data: {
        projectId: project.id,
        version: 1,
        authorId: admin.id,
        criteria: {
          create: [
            { position: 0, name: "helpful" },
            { position: 1, name: "accurate", weight: 3 },
          ],
        },
      },
      include: { criteria: true },
    });
    const { insertTasks } = await import("../tasks/insert-tasks");
    const common = { projectId: project.id, createdById: admin.id, requiredLabels: 1 };
    const both = [{ promptId: task.promptId, completionIds: [one, two] }];
    await database().$transaction(async (tx) => {
      await insertTasks(tx, { ...common, kind: "ranking", tasks: both });
      await insertTasks(tx, { ...common, kind: "rating", rubricId: rubric.id, tasks: both });
      await insertTasks(tx, {
        ...common,
        kind: "demonstration",
        tasks: [{ promptId: task.promptId, completionIds: [] }],
      });
    });
    const tasks = await database().task.findMany({ where: { projectId: project.id } });
    const of = (kind: string) => ({
      taskId: tasks.find((candidate) => candidate.kind === kind)?.id ?? "",
      idempotencyKey: randomUUID(),
      shownOrder: kind === "demonstration" ? [] : [one, two],
    });
    const submit = (submission: Parameters<typeof submitLabel>[0]["submission"]) =>
      submitLabel({ actor: actorIn(project.id, admin.id), submission });
    await submit({
      ...of("ranking"),
      kind: "ranking",
      ranking: {
        ranks: [
          { completionId: one, rank: 1 },
          { completionId: two, rank: 2 },
        ],
      },
    });
    const scores = rubric.criteria.flatMap(({ id: criterionId }) => [
      { criterionId, completionId: one, score: 5 },
      { criterionId, completionId: two, score: 1 },
    ]);
    await expect(
      submit({ ...of("rating"), kind: "rating", rating: { scores: scores.slice(1) } }),
    ).rejects.toMatchObject({
      code: "label-invalid",
    });
    await submit({ ...of("rating"), kind: "rating", rating: { scores } });
    const turns = [
      { role: "assistant" as const, content: "Which one?" },
      { role: "user" as const, content: "The second." },
    ];
    await submit({
      ...of("demonstration"),
      kind: "demonstration",
      demonstration: { content: "Here.", turns, trainOnAllTurns: true },
    });

    const { folder } = await createDatasetVersion({ projectId: project.id, userId: admin.id });
    const { split } = await database().prompt.findUniqueOrThrow({ where: { id: task.promptId } });
    const lines = async (kind: string) =>
      (await readFile(path.join(folder, `${kind}.${split}.jsonl`), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    expect((await lines("preferences")).map(({ margin }) => margin)).toEqual([1, 1]);
    expect((await lines("unpaired")).map(({ label }) => label).sort()).toEqual([false, true]);
    expect((await lines("demonstrations")).map(({ completion }) => completion[0].content).sort()).toEqual([
      "Here.",
      "Which one?",
    ]);
  });
});
