import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { receiveImport } from "../api/uploads";
import { database } from "../database/client";
import { jobs } from "../jobs/boss";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { previewFile } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { importBytes, importFolder } from "./import-files";
import { removeStaleImports } from "./remove-stale-imports";
import { startImport } from "./start-import";
import { uploadImport } from "./upload-import";

withTestDatabase();
withTestQueue();

async function scene() {
  const [admin, annotator] = [await makeUser("Ada"), await makeUser("Bo")];
  const project = await makeProject(admin, [annotator]);
  return { admin, annotator, project, actor: actorIn(project.id, admin.id) };
}
const folders = () => readdir(dataPath("imports")).catch(() => []);

async function* pieces(count: number, size: number, onPiece: (piece: number) => void = () => undefined) {
  for (let piece = 1; piece <= count; piece++) {
    onPiece(piece);
    yield Buffer.alloc(size, piece);
  }
}

describe("an upload", () => {
  it("lies on the disk byte for byte before there is a row and a job", async () => {
    const { actor } = await scene();
    const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    const bytes = (async function* () {
      for (let start = 0; start < content.length; start += 7_777) yield content.subarray(start, start + 7_777);
    })();
    const made = await uploadImport({ actor, fileName: "a.bin", hint: null, bytes, announced: content.length });
    expect(readFileSync(importBytes(made.importId)).equals(content)).toBe(true);
    expect(statSync(importBytes(made.importId)).mode & 0o777).toBe(0o600);
    expect(await readdir(importFolder(made.importId))).toEqual(["file"]);
    const row = await database().promptImport.findUniqueOrThrow({ where: { id: made.importId } });
    expect(row).toMatchObject({ phase: "preview", status: "queued", sizeBytes: 300_000n });
    expect(await (await jobs()).findJobs("preview", { data: { id: made.importId } })).toHaveLength(1);
  });

  it("over the limit is refused while it comes, or before, and leaves nothing", async () => {
    const { actor } = await scene();
    const before = await folders();
    let came = 0;
    const bytes = pieces(1_000, 1_000, (piece) => {
      came = piece;
    });
    const wanted = { actor, fileName: "large.jsonl", hint: null, bytes };
    await expect(uploadImport({ ...wanted, announced: null }, 10_000)).rejects.toMatchObject({
      code: "import-too-large",
    });
    expect(came).toBe(11);
    const unread = pieces(1, 1, () => expect.fail("a byte was read"));
    await expect(uploadImport({ ...wanted, bytes: unread, announced: 512 * 1024 * 1024 + 1 })).rejects.toMatchObject({
      code: "import-too-large",
    });
    expect(await folders()).toEqual(before);
    expect(await database().promptImport.count({ where: { fileName: "large.jsonl" } })).toBe(0);
  });

  it("that breaks off leaves nothing", async () => {
    const { actor } = await scene();
    const before = await folders();
    const wanted = { actor, fileName: "torn.jsonl", hint: null };
    const broken = (async function* () {
      yield Buffer.from("abc");
      throw new Error("aborted");
    })();
    for (const [bytes, announced] of [[broken, null] as const, [pieces(2, 5), 11] as const])
      await expect(uploadImport({ ...wanted, bytes, announced })).rejects.toMatchObject({ code: "import-broken" });
    expect(await folders()).toEqual(before);
  });

  it("is for admins of the project, from the site's own pages alone", async () => {
    const { admin, annotator, project } = await scene();
    const other = await scene();
    const post = async (user: typeof admin | null, headers: Record<string, string> = {}, query = "?name=a.jsonl") => {
      const request = new Request(`http://localhost/api/p/${project.slug}/imports${query}`, {
        method: "POST",
        headers: { "content-type": "application/octet-stream", ...headers },
        body: '{"prompt": "Why?"}',
      });
      const answer = await receiveImport({ user, project: project.slug, request });
      return { status: answer.status, text: await answer.text() };
    };
    const { status, text } = await post(admin, { "sec-fetch-site": "same-origin" });
    expect(status).toBe(200);
    expect(existsSync(importBytes((JSON.parse(text) as { importId: string }).importId))).toBe(true);
    const statuses = await Promise.all([
      post(null),
      post(annotator),
      post(other.admin),
      post(admin, { "content-type": "text/plain" }),
      post(admin, { "sec-fetch-site": "cross-site" }),
      post(admin, { "sec-fetch-site": "same-site" }),
      post(admin, {}, ""),
      post(admin, {}, "?name=a&hint=exe"),
      post(admin, { "content-length": "999999999999" }),
    ]);
    expect(statuses.map((answer) => answer.status)).toEqual([401, 403, 404, 403, 403, 403, 400, 400, 400]);
  });
});

describe("what nobody takes in", () => {
  it("goes after a day, the row as well; what is under way stays", async () => {
    const { actor } = await scene();
    const file = { fileName: "a.jsonl", format: "jsonl" as const, actor };
    const contentBase64 = Buffer.from('{"prompt": "Why?"}').toString("base64");
    const [seen, waiting, fresh] = [
      (await previewFile({ ...file, contentBase64 })).importId,
      (await previewFile({ ...file, contentBase64 })).importId,
      (await previewFile({ ...file, contentBase64 })).importId,
    ];
    await startImport({ actor, importId: waiting, takeAnswers: false, leaveOut: false });
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    for (const id of [seen, waiting]) {
      await database().promptImport.update({ where: { id }, data: { createdAt: yesterday } });
      utimesSync(importFolder(id), yesterday, yesterday);
    }
    await removeStaleImports();
    expect([seen, waiting, fresh].map((id) => existsSync(importFolder(id)))).toEqual([false, true, true]);
    expect(await database().promptImport.findUnique({ where: { id: seen } })).toBeNull();
    expect(await database().promptImport.findUnique({ where: { id: waiting } })).toMatchObject({ status: "queued" });
  });
});
