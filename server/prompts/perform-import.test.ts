import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { WorkerStopping } from "../jobs/stop-reasons";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts, never, previewFile, type TestFile, upload } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { cancelImport } from "./cancel-import";
import { currentImport } from "./current-import";
import { importFolder } from "./import-files";
import { describeImport } from "./import-row";
import { listImports } from "./list-imports";
import { performImport } from "./perform-import";
import { performPreview } from "./perform-preview";
import { remapImport } from "./remap-import";
import { retryImport } from "./retry-import";
import { startImport } from "./start-import";

withTestDatabase();
withTestQueue();

async function scene() {
  const admin = await makeUser("Ada");
  const project = await makeProject(admin);
  return { projectId: project.id, actor: actorIn(project.id, admin.id) };
}

/** Rows of three kinds, of which some repeat earlier ones and one has a fault. */
const LINES = Array.from({ length: 3_000 }, (_, row) =>
  JSON.stringify(
    row % 3 === 0
      ? { prompt: `Question ${row % 2_000}?`, chosen: `Yes ${row}.`, rejected: "No.", margin: 0.3 }
      : row % 3 === 1
        ? { prompt: `Question ${row}?`, completion: `Answer ${row}.`, taskType: "qa" }
        : { prompt: `Question ${row}?`, completion: `Answer ${row}.`, label: row % 2 === 0 },
  ),
);
LINES[2_250] = '{"prompt": 7}';
const FILE: TestFile = {
  fileName: "rows.jsonl",
  format: "jsonl",
  contentBase64: Buffer.from(LINES.join("\n")).toString("base64"),
};

const rowOf = (id: string) => database().promptImport.findUniqueOrThrow({ where: { id } });
const viewOf = async (id: string) => describeImport(await rowOf(id));

/** Everything that an import has written into a project, without ids and times, in the order of the prompts. */
async function contentOf(projectId: string): Promise<unknown[]> {
  const prompts = await database().$queryRaw<{ id: string }[]>`
    SELECT p."id", p."taskType", p."split"::text, p."textHash", p."source"::text,
           json_agg(json_build_array(m."role", m."content") ORDER BY m."position") AS "messages"
    FROM "Prompt" p JOIN "PromptMessage" m ON m."promptId" = p."id"
    WHERE p."projectId" = ${projectId}::uuid GROUP BY p."id" ORDER BY p."id"`;
  const labels = await database().$queryRaw<{ promptId: string; label: unknown[] }[]>`
    SELECT t."promptId", json_build_array(l."kind", t."completedAt" IS NULL, c."content", tc."position", cl."margin",
                                          cl."chosenCompletionId" = c."id", s."score") AS "label"
    FROM "Label" l JOIN "Task" t ON t."id" = l."taskId"
    LEFT JOIN "ComparisonLabel" cl ON cl."labelId" = l."id"
    LEFT JOIN "TaskCompletion" tc ON tc."taskId" = t."id"
    LEFT JOIN "DemonstrationLabel" dl ON dl."labelId" = l."id"
    LEFT JOIN "Completion" c ON c."id" = coalesce(tc."completionId", dl."completionId")
    LEFT JOIN "RatingScore" s ON s."labelId" = l."id" AND s."completionId" = c."id"
    WHERE l."projectId" = ${projectId}::uuid`;
  const byPrompt = new Map<string, string[]>();
  for (const { promptId, label } of labels)
    byPrompt.set(promptId, [...(byPrompt.get(promptId) ?? []), JSON.stringify(label)]);
  return prompts.map(({ id, ...prompt }) => ({
    ...prompt,
    labels: (byPrompt.get(id) ?? []).sort(),
  }));
}

async function started(actor: Awaited<ReturnType<typeof scene>>["actor"]): Promise<string> {
  const { importId } = await previewFile({ ...FILE, actor });
  await startImport({ actor, importId, takeAnswers: true, leaveOut: true });
  return importId;
}

/** Performs an import whose signal aborts in the midst of the file. */
async function interrupted(importId: string, why: Error | (() => Promise<void>)): Promise<void> {
  const stop = new AbortController();
  let reached = 0;
  const onProgress = async (rows: number) => {
    if (rows < 1_500 || reached > 0) return;
    reached = rows;
    // What is written so far is in no other eyes.
    expect(await database().prompt.count({ where: { importId } })).toBe(0);
    if (why instanceof Error) stop.abort(why);
    else await why();
  };
  const performing = performImport(importId, { signal: stop.signal, onProgress });
  if (why instanceof WorkerStopping) await expect(performing).rejects.toThrow();
  else await performing;
  expect(reached).toBeGreaterThan(0);
}

describe("an import", () => {
  it("that its worker drops in the midst begins anew and ends in the rows of an undisturbed one", async () => {
    const [calm, rough] = [await scene(), await scene()];
    const undisturbed = await importPrompts({ ...FILE, actor: calm.actor, takeAnswers: true, leaveOut: true });
    const importId = await started(rough.actor);
    await interrupted(importId, new WorkerStopping());
    expect(await contentOf(rough.projectId)).toEqual([]);
    expect(await viewOf(importId)).toMatchObject({ status: "queued", outcome: { accepted: 0, labels: 0 } });

    await performImport(importId, { signal: never });
    const { outcome } = await viewOf(importId);
    expect(outcome).toEqual({ accepted: 2_667, duplicates: 332, labels: 2_999, tasks: 0, leftOut: 1 });
    expect({ importId: undisturbed.importId, ...outcome }).toEqual(undisturbed);
    const content = await contentOf(rough.projectId);
    expect(content).toHaveLength(2_667);
    expect(content).toEqual(await contentOf(calm.projectId));

    const again = await importPrompts({ ...FILE, actor: rough.actor, takeAnswers: true, leaveOut: true });
    expect(again).toMatchObject({ accepted: 0, labels: 0, duplicates: 2_999, leftOut: 1 });
    expect(await contentOf(rough.projectId)).toEqual(content);
    expect(existsSync(importFolder(importId)), "what is taken in needs no file").toBe(false);
  });

  it("whose process is killed leaves nothing either, and the next one takes all", async () => {
    const [calm, rough] = [await scene(), await scene()];
    await importPrompts({ ...FILE, actor: calm.actor, takeAnswers: true, leaveOut: true });
    const importId = await started(rough.actor);
    const script = path.join(import.meta.dirname, "../testing/import-until-killed.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, importId, "1500"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(child.stdout, "data")) as [Buffer];
    expect(said.toString()).toMatch(/^reached \d+/);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await rowOf(importId)).toMatchObject({ status: "running", attempt: 1 });
    await performImport(importId, { signal: never });
    expect(await rowOf(importId)).toMatchObject({ status: "completed", attempt: 2, acceptedCount: 2_667 });
    expect(await contentOf(rough.projectId)).toEqual(await contentOf(calm.projectId));
  });

  it("that is stopped leaves nothing, and neither its file", async () => {
    const { projectId, actor } = await scene();
    const importId = await started(actor);
    expect(await currentImport(actor)).toMatchObject({ importId, phase: "import", status: "queued" });
    let asked = false;
    await performImport(importId, {
      signal: never,
      onProgress: async (rows) => {
        if (rows < 1_500 || asked) return;
        asked = true;
        await cancelImport({ actor, importId });
        // The job looks twice a second whether it is to end, and tells that it lives when it looks.
        const { cancelRequestedAt } = await rowOf(importId);
        await expect
          .poll(async () => (await rowOf(importId)).heartbeatAt, { timeout: 10_000 })
          .toSatisfy((at: Date) => cancelRequestedAt !== null && at > cancelRequestedAt);
      },
    });
    expect(await viewOf(importId)).toMatchObject({ status: "cancelled" });
    expect(await contentOf(projectId)).toEqual([]);
    expect(existsSync(importFolder(importId))).toBe(false);
    expect(await currentImport(actor)).toBeNull();
    const audit = await database().auditEntry.count({ where: { projectId, action: "prompts.import" } });
    expect(audit).toBe(0);
  });

  it("that fails keeps its file, says why, and can be tried again", async () => {
    const { projectId, actor } = await scene();
    const importId = await started(actor);
    await interrupted(importId, () => Promise.reject(new Error("the disk is on fire")));
    expect(await viewOf(importId)).toMatchObject({ status: "failed", error: expect.stringContaining("on fire") });
    expect(await contentOf(projectId)).toEqual([]);
    expect((await listImports({ actor, limit: 5 })).rows).toMatchObject([{ status: "failed", acceptedCount: 0 }]);

    await retryImport({ actor, importId });
    await expect(retryImport({ actor, importId })).rejects.toMatchObject({ code: "import-not-ready-conflict" });
    await performImport(importId, { signal: never });
    expect((await viewOf(importId)).outcome).toMatchObject({ accepted: 2_667, labels: 2_999 });
    await expect(cancelImport({ actor, importId })).rejects.toMatchObject({ code: "import-finished" });
  });

  it("waits for another one into its project, so that two at once take each answer once", async () => {
    const { projectId, actor } = await scene();
    const ids = [await started(actor), await started(actor)];
    await Promise.all(ids.map((id) => performImport(id, { signal: never })));
    const outcomes = await Promise.all(ids.map(async (id) => (await viewOf(id)).outcome));
    expect(outcomes.map(({ accepted, labels }) => [accepted, labels]).sort()).toEqual([
      [0, 0],
      [2_667, 2_999],
    ]);
    expect(await contentOf(projectId)).toHaveLength(2_667);
  });

  it("cannot begin before the look at its file has ended, nor twice, nor in another project", async () => {
    const [here, there] = [await scene(), await scene()];
    const importId = await upload({ ...FILE, actor: here.actor });
    const start = (actor = here.actor) => startImport({ actor, importId, takeAnswers: true, leaveOut: true });
    await expect(start()).rejects.toMatchObject({ code: "import-not-ready-conflict" });
    await performImport(importId, { signal: never }); // a job of the wrong queue does nothing
    expect(await viewOf(importId)).toMatchObject({ phase: "preview", status: "queued" });
    await performPreview(importId, { signal: never });
    await expect(start(there.actor)).rejects.toMatchObject({ code: "import-not-found" });
    await start();
    await expect(start()).rejects.toMatchObject({ code: "import-not-ready-conflict" });
    await expect(remapImport({ actor: here.actor, importId, mapping: {} })).rejects.toMatchObject({
      code: "import-not-ready-conflict",
    });
  });
});

describe("a look at a file", () => {
  it("begins again where the mapping is changed in its midst", async () => {
    const { actor } = await scene();
    const rows = Array.from({ length: 30_000 }, (_, row) => `{"question": "Question ${row}?", "note": "x"}`);
    const contentBase64 = Buffer.from(rows.join("\n")).toString("base64");
    const importId = await upload({ fileName: "q.jsonl", format: "jsonl", contentBase64, actor });
    const looking = performPreview(importId, { signal: never });
    await remapImport({ actor, importId, mapping: { question: "prompt" } });
    await looking;
    const { preview, mapping } = await viewOf(importId);
    expect(mapping).toEqual({ question: "prompt" });
    expect(preview).toMatchObject({ total: 30_000, issueCount: 0 });
  });

  it("goes on after its worker has stopped, and ends when it is set aside", async () => {
    const { actor } = await scene();
    const importId = await upload({ ...FILE, actor });
    const stop = new AbortController();
    stop.abort(new WorkerStopping());
    await expect(performPreview(importId, { signal: stop.signal })).rejects.toThrow();
    expect(await viewOf(importId)).toMatchObject({ status: "queued" });
    await performPreview(importId, { signal: never });
    expect(await viewOf(importId)).toMatchObject({ status: "ready", preview: { total: 2_999, badRows: 1 } });

    await cancelImport({ actor, importId });
    expect(await viewOf(importId)).toMatchObject({ status: "cancelled" });
    expect(existsSync(importFolder(importId))).toBe(false);
    await expect(remapImport({ actor, importId, mapping: {} })).rejects.toMatchObject({
      code: "import-not-ready-conflict",
    });
    expect((await listImports({ actor, limit: 5 })).total).toBe(0);
  });

  it("keeps no more than 16 MB in memory of a value that does not end", async () => {
    const { actor } = await scene();
    const lines = `${"words and words\n".repeat(1_200_000)}`;
    for (const [fileName, content, message] of [
      ["open.csv", `prompt\nFine?\n"never closed\n${lines}`, /^a quote is not closed up to here, and at most 16 MB/],
      ["one.json", `{\n"data": [\n${'{"prompt": "Fine?"},\n'.repeat(900_000)}`, /^one value goes on up to here: save/],
    ] as const) {
      const file = { fileName, format: null, contentBase64: Buffer.from(content).toString("base64"), actor };
      const { issues, badRows } = await previewFile(file);
      expect(badRows).toBe(1);
      expect(issues[0]?.message).toMatch(message);
    }
  });

  it("says where its file is gone", async () => {
    const { actor } = await scene();
    const importId = await upload({ ...FILE, actor });
    await rm(importFolder(importId), { recursive: true });
    await performPreview(importId, { signal: never });
    expect(await viewOf(importId)).toMatchObject({
      status: "failed",
      error: "The uploaded file is not there any more. Upload the file again.",
    });
  });
});
