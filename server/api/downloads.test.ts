import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CurrentUser } from "../access/current-user";
import { database } from "../database/client";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import {
  ALL_FILES,
  downloadCheckpoint,
  downloadDataset,
  downloadDatasetExport,
  downloadLabels,
  downloadModel,
} from "./downloads";

withTestDatabase();

let admin: CurrentUser;
let annotator: CurrentUser;
let stranger: CurrentUser;
let project = "";
let otherProject = "";
let version = "";
let folder = "";
let model = "";
let run = "";
let scratch = "";

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), "tuneloop-downloads-"));
  [admin, annotator, stranger] = [await makeUser("Ada"), await makeUser("Bo"), await makeUser("Stranger")];
  const mine = await makeProject(admin, [annotator]);
  project = mine.slug;
  otherProject = (await makeProject(admin)).slug;
  await makeComparisonTasks(mine, { count: 12 });
  for (let n = 0; n < 12; n++) {
    const task = await nextTask({ actor: actorIn(mine.id, annotator.id), exclude: [] });
    if (!task) throw new Error("no task left");
    await submitLabel({ actor: actorIn(mine.id, annotator.id), submission: chooseFirst(task) });
  }
  const dataset = await createDatasetVersion({ projectId: mine.id, userId: admin.id });
  version = dataset.id;
  folder = dataset.folder;

  const artifact = "models/one";
  await mkdir(dataPath(artifact), { recursive: true });
  await writeFile(dataPath(artifact, "adapter_model.safetensors"), Buffer.alloc(70_000, 7));
  await writeFile(dataPath(artifact, "adapter_config.json"), "{}");
  await writeFile(dataPath("secret"), "not for anybody");
  await symlink(dataPath("secret"), dataPath(artifact, "link"));
  const row = await database().modelVersion.create({
    data: { projectId: mine.id, name: "DPO run 1 “α”", kind: "policy", artifactKind: "adapter", artifact },
  });
  model = row.id;

  const runFolder = "runs/one";
  await mkdir(dataPath(runFolder, "checkpoints/step-000010"), { recursive: true });
  await writeFile(dataPath(runFolder, "checkpoints/step-000010/state.safetensors"), Buffer.alloc(3000, 1));
  await writeFile(dataPath(runFolder, "checkpoints/step-000010/manifest.json"), "{}");
  await mkdir(dataPath(runFolder, "checkpoints/best-000005"));
  await writeFile(dataPath(runFolder, "checkpoints/best-000005/state.safetensors"), Buffer.alloc(10, 1));
  const base = await database().modelVersion.findFirstOrThrow({ where: { projectId: mine.id, kind: "base" } });
  const made = await database().trainingRun.create({
    data: {
      projectId: mine.id,
      number: 1,
      method: "dpo",
      folder: runFolder,
      configuration: {},
      datasetVersionId: version,
      baseModelVersionId: base.id,
      requestedById: admin.id,
    },
  });
  run = made.id;
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const dataset = (file: string, user: CurrentUser | null = admin, slug = project) =>
  downloadDataset({ user, project: slug, version, file });
const weights = (file: string, user: CurrentUser | null = admin, slug = project) =>
  downloadModel({ user, project: slug, model, file });

const checkpoint = (file: string, user: CurrentUser | null = admin, slug = project) =>
  downloadCheckpoint({ user, project: slug, run, step: "10", file });

async function unpack(response: Response): Promise<Record<string, Buffer>> {
  const place = await mkdtemp(path.join(scratch, "tar-"));
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get("content-length")).toBe(String(bytes.length));
  await writeFile(path.join(place, "all.tar"), bytes);
  await promisify(execFile)("tar", ["-xf", "all.tar"], { cwd: place });
  const inside = (await readdir(place)).find((name) => name !== "all.tar") ?? "";
  const names = (await readdir(path.join(place, inside))).sort();
  const contents = names.map(async (name) => [name, await readFile(path.join(place, inside, name))] as const);
  return Object.fromEntries(await Promise.all(contents));
}

describe("downloading a dataset version in another tool's format", () => {
  const inFormat = (file: string, user: CurrentUser | null = admin, slug = project) =>
    downloadDatasetExport({ user, project: slug, version, file });

  it("sends it line by line to an admin of its project, and to nobody else", async () => {
    const response = await inFormat("sharegpt.train.jsonl");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(response.headers.get("content-length")).toBeNull();
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="${project}-v1-sharegpt.train.jsonl"`,
    );
    const lines = (await response.text()).trimEnd().split("\n");
    const own = (await readFile(path.join(folder, "preferences.train.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).chosen.value)).toEqual(
      own.map((line) => JSON.parse(line).chosen[0].content),
    );
    const statuses = [
      inFormat("sharegpt.train.jsonl", null),
      inFormat("sharegpt.train.jsonl", annotator),
      inFormat("sharegpt.train.jsonl", stranger),
      inFormat("sharegpt.train.jsonl", admin, otherProject),
      inFormat("manifest.json"),
    ];
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 403, 404, 404, 404]);
  });
});

describe("downloading labels", () => {
  it("sends them to an admin of their project, and to nobody else", async () => {
    const labels = (file: string, user: CurrentUser | null = admin, slug = project) =>
      downloadLabels({ user, project: slug, file });
    const response = await labels("labels.csv");
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${project}-labels.csv"`);
    expect((await response.text()).trimEnd().split("\r\n")).toHaveLength(13);
    expect((await (await labels("labels.jsonl")).text()).trimEnd().split("\n")).toHaveLength(12);
    expect((await (await labels("labels.jsonl", admin, otherProject)).text()).trimEnd()).toBe("");
    const refused = [
      labels("labels.csv", null),
      labels("labels.csv", annotator),
      labels("labels.csv", stranger),
      labels("labels.xls"),
    ];
    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([401, 403, 404, 404]);
  });
});

describe("downloading a dataset version", () => {
  it("gives each file as it is on disk, in the form that TRL reads", async () => {
    const response = await dataset("preferences.train.jsonl");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="${project}-v1-preferences.train.jsonl"`,
    );
    const text = await response.text();
    expect(text).toBe(await readFile(path.join(folder, "preferences.train.jsonl"), "utf8"));
    expect(response.headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
    for (const line of text.trimEnd().split("\n"))
      expect(JSON.parse(line)).toMatchObject({
        prompt: [{ role: "user", content: expect.any(String) }],
        chosen: [{ role: "assistant", content: expect.any(String) }],
        rejected: [{ role: "assistant", content: expect.any(String) }],
      });
    expect(JSON.parse(await (await dataset("manifest.json")).text())).toMatchObject({ version: 1 });
  });

  it("gives all files as an archive that tar unpacks", async () => {
    const files = await unpack(await dataset(ALL_FILES));
    const names = (await readdir(folder)).sort();
    expect(Object.keys(files)).toEqual(names);
    for (const name of names) expect(files[name]).toEqual(await readFile(path.join(folder, name)));
  });
});

describe("downloading a model", () => {
  it("gives its files and the archive of them, and follows no link out of the folder", async () => {
    const response = await weights("adapter_model.safetensors");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.alloc(70_000, 7));
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
    const files = await unpack(await weights(ALL_FILES));
    expect(Object.keys(files)).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
    expect(files["adapter_model.safetensors"]).toEqual(Buffer.alloc(70_000, 7));
    expect((await weights("link")).status).toBe(404);
  });

  it("gives the files of an ensemble's members, whichever way the slash comes", async () => {
    const member = path.join(dataPath("models/one"), "member-2");
    await mkdir(member);
    await writeFile(path.join(member, "adapter_config.json"), "{}");
    for (const name of ["member-2/adapter_config.json", "member-2%2Fadapter_config.json"])
      expect(await (await weights(name)).text()).toBe("{}");
    expect((await weights("member-2/../adapter_config.json")).status).toBe(404);
    await rm(member, { recursive: true });
  });
});

describe.each([
  ["a dataset version", dataset, "manifest.json"],
  ["a model", weights, "adapter_config.json"],
  ["a checkpoint", checkpoint, "manifest.json"],
] as const)("%s", (_, download, file) => {
  it("is for admins of its own project", async () => {
    const status = async (user: CurrentUser | null, slug?: string) => (await download(file, user, slug)).status;
    expect(await status(admin)).toBe(200);
    expect(await status(null)).toBe(401);
    expect(await status(annotator)).toBe(403);
    expect(await status(stranger)).toBe(404);
    expect(await status(admin, otherProject)).toBe(404); // the person is an admin there, but the id belongs to another project
    expect(await (await download(file, stranger)).text()).toBe("There is no such project.\n");
  });

  it.each(["../../secret", "..%2F..%2Fsecret", "/etc/passwd", "", "nothing", "."])("has no file “%s”", async (name) => {
    const response = await download(name);
    expect([response.status, await response.text()]).toEqual([404, "There is no such file.\n"]);
  });
});

it("a malformed id finds nothing", async () => {
  const input = { user: admin, project, file: ALL_FILES };
  expect((await downloadDataset({ ...input, version: "x" })).status).toBe(404);
  expect((await downloadModel({ ...input, model: "x" })).status).toBe(404);
  expect((await downloadCheckpoint({ ...input, run: "x", step: "10" })).status).toBe(404);
  for (const step of ["11", "", "../10", "ten", "best-11", "best-"])
    expect((await downloadCheckpoint({ ...input, run, step })).status).toBe(404);
  expect(Object.keys(await unpack(await checkpoint(ALL_FILES)))).toEqual(["manifest.json", "state.safetensors"]);
  const best = await downloadCheckpoint({ ...input, run, step: "best-5" });
  expect(best.headers.get("content-disposition")).toMatch(/-best-5\.tar"$/);
  expect(Object.keys(await unpack(best))).toEqual(["state.safetensors"]);
});
