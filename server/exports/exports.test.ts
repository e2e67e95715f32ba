import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ExportRequest, WriteExport } from "@/domain/models/write-export";
import { ALL_FILES, downloadExport } from "../api/downloads";
import { database } from "../database/client";
import { cancelJob } from "../jobs/cancel-job";
import { exportModel } from "../jobs/queues/export";
import { watchJob } from "../jobs/watch-job";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { gate, withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import type { ExportRow } from "./export-row";
import { listExports } from "./list-exports";
import { performExport } from "./perform-export";
import { removeExport } from "./remove-export";
import { startExport } from "./start-export";

withTestDatabase();
withTestQueue();

const never = new AbortController().signal;

async function makeModel({ kind = "policy" as "policy" | "reward" } = {}) {
  const [admin, annotator] = [await makeUser("Ada"), await makeUser("Bo")];
  const project = await makeProject(admin, [annotator]);
  const base = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
  const model = await database().modelVersion.create({
    data: {
      projectId: project.id,
      name: "DPO run 1",
      kind,
      artifactKind: "adapter",
      artifact: "runs/x/adapter",
      parentId: base.id,
    },
  });
  const actor = actorIn(project.id, admin.id);
  return { admin, annotator, project, base, projectId: project.id, userId: admin.id, actor, modelVersionId: model.id };
}
type Made = Awaited<ReturnType<typeof makeModel>>;

/** Stands in for a trainer that writes one file as it was asked to. */
function fakeTrainer(then?: (request: ExportRequest) => Promise<void> | void) {
  const asked: ExportRequest[] = [];
  const writeExport: WriteExport = async (request) => {
    asked.push(request);
    await mkdir(request.to, { recursive: true });
    request.onProgress({ message: "Writing model-F16.gguf", bytes: 5, totalBytes: 10 });
    await writeFile(path.join(request.to, "model-F16.gguf"), `weights of ${request.model.adapter}`);
    await then?.(request);
    request.onProgress({ message: "Writing model-F16.gguf", bytes: 10, totalBytes: 10 });
  };
  return { writeExport, asked };
}

const start = ({ actor, modelVersionId }: Made) => startExport({ actor, modelVersionId, format: "gguf", type: "F16" });
const read = (id: string) => database().modelExport.findUniqueOrThrow({ where: { id } });
const left = () => readdir(dataPath("exports")).catch(() => []);

describe("an export", () => {
  it("is offered in the forms that fit the model", async () => {
    const forms = async (made: Made, modelVersionId = made.modelVersionId) =>
      (await listExports({ actor: made.actor, modelVersionId })).map(({ format, type }) => `${format} ${type}`);
    const policy = await makeModel();
    const whole = ["safetensors F32", "safetensors BF16"];
    expect(await forms(policy)).toEqual(["peft F32", ...whole, "gguf F16", "gguf Q8_0"]);
    expect(await forms(policy, policy.base.id)).toEqual([...whole, "gguf F16", "gguf Q8_0"]);
    expect(await forms(await makeModel({ kind: "reward" }))).toEqual(["peft F32", ...whole]);
    await expect(start(await makeModel({ kind: "reward" }))).rejects.toMatchObject({ code: "export-invalid" });
  });

  it("is made once, with the adapter on its base, and downloaded by admins of the project alone", async () => {
    const made = await makeModel();
    const { exportId } = await start(made);
    expect(await start(made)).toEqual({ exportId });
    const { writeExport, asked } = fakeTrainer();
    await performExport(exportId, { writeExport, signal: never });
    expect(asked[0]).toMatchObject({
      model: { model: made.base.artifact, adapter: dataPath("runs/x/adapter") },
      format: "gguf",
      type: "F16",
      title: `${made.project.name}: DPO run 1`,
      lineage: ["DPO run 1: imported base", `${made.base.name}: imported base`],
    });
    expect(await read(exportId)).toMatchObject({
      status: "completed",
      doneBytes: 10n,
      totalBytes: 10n,
      activity: null,
    });
    expect(await start(made)).toEqual({ exportId });

    const listed = (await listExports(made)).find(({ type }) => type === "F16");
    expect(listed?.export).toMatchObject({ id: exportId, files: [{ name: "model-F16.gguf" }] });
    const download = (file: string, user: Made["admin"] | null, project = made.project.slug) =>
      downloadExport({ user, project, export: exportId, file });
    const response = await download("model-F16.gguf", made.admin);
    expect(await response.text()).toBe(`weights of ${dataPath("runs/x/adapter")}`);
    expect(response.headers.get("content-disposition")).toContain("DPO-run-1-gguf-model-F16.gguf");
    expect((await download(ALL_FILES, made.admin)).headers.get("content-type")).toBe("application/x-tar");
    const other = await makeModel();
    const statuses = await Promise.all([
      download("model-F16.gguf", null),
      download("model-F16.gguf", made.annotator),
      download("model-F16.gguf", other.admin),
      download("model-F16.gguf", other.admin, other.project.slug),
      download("../../secret", made.admin),
      downloadExport({ user: made.admin, project: made.project.slug, export: "x", file: ALL_FILES }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 403, 404, 404, 404, 404]);
  });

  it("shows its progress, and leaves nothing behind when it is stopped", async () => {
    const made = await makeModel();
    const { exportId } = await start(made);
    const reached = gate();
    const { writeExport } = fakeTrainer(async ({ signal }) => {
      reached.open();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    const seen: ExportRow[] = [];
    const watching = (async () => {
      for await (const row of watchJob(exportModel, made.actor, exportId, never)) seen.push(row);
    })();
    const performing = performExport(exportId, { writeExport, signal: never });
    await reached.passed;
    await expect(removeExport({ ...made, exportId })).rejects.toMatchObject({ code: "export-unfinished" });
    await cancelJob(exportModel, made.actor, exportId);
    await performing;
    await watching;
    expect(seen.at(-1)).toMatchObject({ status: "cancelled", doneBytes: 5, totalBytes: 10, files: [] });
    expect(await left()).not.toContain(exportId);
    await expect(cancelJob(exportModel, made.actor, exportId)).rejects.toMatchObject({
      code: "export-finished",
    });
    expect((await start(made)).exportId).not.toBe(exportId);
  });

  it("says why it failed, and can be tried again", async () => {
    const made = await makeModel();
    const { exportId } = await start(made);
    const { writeExport } = fakeTrainer(() => {
      throw new Error("no space left on device");
    });
    await performExport(exportId, { writeExport, signal: never });
    expect((await read(exportId)).status).toBe("failed");
    const listed = (await listExports(made)).find(({ type }) => type === "F16");
    expect(listed?.export?.error).toBeTruthy();
    expect(await left()).not.toContain(exportId);
    const again = await start(made);
    await performExport(again.exportId, { writeExport: fakeTrainer().writeExport, signal: never });
    expect((await read(again.exportId)).status).toBe("completed");
  });

  it("begins anew, without what was half-written, when its worker stopped", async () => {
    const made = await makeModel();
    const { exportId } = await start(made);
    const stop = new AbortController();
    const dies = fakeTrainer(({ signal }) => {
      stop.abort(new Error("the worker ends"));
      signal.throwIfAborted();
    });
    await expect(performExport(exportId, { writeExport: dies.writeExport, signal: stop.signal })).rejects.toThrow();
    expect(await read(exportId)).toMatchObject({ status: "queued", attempt: 0 });
    await mkdir(dataPath("exports", exportId, "files"), { recursive: true });
    await writeFile(dataPath("exports", exportId, "files", "half"), "");
    await performExport(exportId, { writeExport: fakeTrainer().writeExport, signal: never });
    expect(await readdir(dataPath("exports", exportId, "files"))).toEqual(["model-F16.gguf"]);
  });

  it("is removed from the disk, or made again where somebody has removed it by hand", async () => {
    const made = await makeModel();
    const { exportId } = await start(made);
    await performExport(exportId, { writeExport: fakeTrainer().writeExport, signal: never });
    expect(await readFile(dataPath("exports", exportId, "files", "model-F16.gguf"), "utf8")).toContain("weights");
    await removeExport({ ...made, exportId });
    expect(await left()).not.toContain(exportId);
    expect(await database().modelExport.count({ where: { id: exportId } })).toBe(0);
    expect((await start(made)).exportId).not.toBe(exportId);
  });
});
