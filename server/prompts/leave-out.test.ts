import { describe, expect, it } from "vitest";
import { downloadImportReport } from "../api/downloads";
import { database } from "../database/client";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { type TestFile as ImportFile, importPrompts, previewFile as previewImport } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { RowFinder } from "./found-rows";
import { listImports } from "./list-imports";

withTestDatabase();
withTestQueue();

const file = (content: string, format: "jsonl" | "csv" = "jsonl"): ImportFile => ({
  fileName: `tried rows.${format}`,
  format,
  contentBase64: Buffer.from(content).toString("base64"),
});

async function scene() {
  const [admin, annotator] = [await makeUser("Ada"), await makeUser("Bo")];
  const project = await makeProject(admin, [annotator]);
  const actor = actorIn(project.id, admin.id);
  const texts = async () => {
    const messages = await database().promptMessage.findMany({
      where: { prompt: { projectId: project.id } },
      orderBy: { promptId: "asc" },
    });
    return messages.map(({ content }) => content);
  };
  const report = async (importId: string, kind: string, user = admin) => {
    const answer = await downloadImportReport({ user, project: project.slug, import: importId, file: kind });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { projectId: project.id, admin, annotator, actor, texts, report };
}

const MIXED = [
  '{"prompt": "One?", "completion": "1"}',
  '{"prompt": 7}',
  "{broken",
  '{"prompt": "Two?", "completion": "2", "label": "perhaps"}',
  '{"prompt": "Three?", "completion": "3"}',
  '{"=HYPERLINK()": 1, "prompt": "Four?", "system": 7}',
].join("\n");

describe("the good rows of a file", () => {
  it("come in without the others, whose lines, fields and reasons stay downloadable", async () => {
    const { actor, texts, report } = await scene();
    const preview = await previewImport({ ...file(MIXED), actor });
    expect(preview).toMatchObject({ total: 2, canLeaveOut: true, badRows: 4, issueCount: 4 });
    await expect(importPrompts({ ...file(MIXED), actor, takeAnswers: true })).rejects.toMatchObject({
      code: "import-refused",
    });
    const taken = await importPrompts({ ...file(MIXED), actor, takeAnswers: true, leaveOut: true });
    expect(taken).toMatchObject({ accepted: 2, labels: 2, leftOut: 4 });
    expect(await texts()).toEqual(["One?", "Three?"]);

    const lines = (await report(taken.importId, "report.jsonl")).text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { line: 2, field: "prompt", reason: "must be text" },
      { line: 3, field: null, reason: expect.stringMatching(/^not valid JSON/) },
      { line: 4, field: "label", reason: expect.stringMatching(/^is "perhaps"; beside an answer/) },
      { line: 6, field: "system", reason: "must be text" },
    ]);
    const table = await report(taken.importId, "report.csv");
    expect(table.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(table.headers.get("content-disposition")).toBe('attachment; filename="tried-rows.jsonl-left-out.csv"');
    const [header, first, , third] = table.text.split("\r\n");
    expect(header).toBe("line,element,field,reason");
    expect(first).toBe('2,,"prompt","must be text"');
    expect(third).toMatch(/^4,,"label","is ""perhaps""; beside an answer/);
  });

  it("come once: the same file again adds nothing and has a report of its own", async () => {
    const { actor, report } = await scene();
    const options = { ...file(MIXED), actor, takeAnswers: true, leaveOut: true };
    const first = await importPrompts(options);
    const again = await importPrompts(options);
    expect(again).toMatchObject({ accepted: 0, labels: 0, duplicates: 2, leftOut: 4 });
    expect((await report(again.importId, "report.jsonl")).text).toBe(
      (await report(first.importId, "report.jsonl")).text,
    );
  });

  it("name elements of an array from 0, and every row of another tool's file, of which the page says once why", async () => {
    const { actor, report } = await scene();
    const foreign = (id: number) => ({ fields: { prompt: "P?", reply: "R" }, responses: { q: [{ value: `v${id}` }] } });
    const array = JSON.stringify([{ prompt: "Good?" }, foreign(1), foreign(2), { prompt: "" }]);
    const preview = await previewImport({ ...file(array), actor });
    expect(preview).toMatchObject({ total: 1, badRows: 3, issueCount: 2 });
    const { importId, leftOut } = await importPrompts({ ...file(array), actor, leaveOut: true });
    expect(leftOut).toBe(3);
    const lines = (await report(importId, "report.csv")).text.trimEnd().split("\r\n").slice(1);
    expect(lines.map((line) => line.split(",").slice(0, 2))).toEqual([
      ["1", "1"],
      ["1", "2"],
      ["1", "3"],
    ]);
  });

  it("are refused where there are none", async () => {
    const { actor, texts } = await scene();
    const none = importPrompts({ ...file('{"prompt": 7}'), actor, leaveOut: true });
    await expect(none).rejects.toMatchObject({ code: "import-refused" });
    expect(await texts()).toEqual([]);
  });

  it("are refused where the file has too many rows as a whole", () => {
    const finder = new RowFinder({}, 1_000);
    for (let line = 1; line <= 1_003; line++) finder.add({ place: { line }, fields: { prompt: `${line}` } });
    expect(finder.finish("jsonl")).toMatchObject({
      ...{ total: 1_000, canLeaveOut: false, issueCount: 1 },
      issues: [
        { line: 1_001, message: "the file has more than 1,000 rows, 3 of them from here on; split it into several" },
      ],
    });
  });

  it("say of a table that breaks off that nothing is read from there on", async () => {
    const { actor } = await scene();
    const cut = Buffer.concat([Buffer.from("prompt\nFine?\n"), Buffer.from([0xff, 0x0a]), Buffer.from("Lost?\n")]);
    const table: ImportFile = { fileName: "a.csv", format: "csv", contentBase64: cut.toString("base64") };
    const preview = await previewImport({ ...table, actor });
    expect(preview).toMatchObject({ total: 1, canLeaveOut: true });
    expect(preview.issues[0]).toMatchObject({ line: 3, message: expect.stringMatching(/nothing is read from this/) });
  });
});

describe("the list of imports", () => {
  it("says who took in what and what stayed out, newest first, page by page", async () => {
    const { admin, actor } = await scene();
    await importPrompts({ ...file('{"prompt": "Alone?"}'), actor });
    await importPrompts({ ...file(MIXED), actor, takeAnswers: true, leaveOut: true });
    const { rows, total, nextCursor } = await listImports({ actor, limit: 1 });
    expect(total).toBe(2);
    expect(rows).toMatchObject([
      {
        ...{ fileName: "tried rows.jsonl", format: "JSONL", createdBy: { id: admin.id, name: "Ada" } },
        ...{ rowCount: 2, acceptedCount: 2, labelCount: 2, duplicateCount: 0, leftOutCount: 4 },
      },
    ]);
    const { rows: older, nextCursor: end } = await listImports({ actor, limit: 1, cursor: nextCursor });
    expect(older).toMatchObject([{ rowCount: 1, leftOutCount: 0 }]);
    expect(end).toBeNull();
  });

  it("gives a report to admins of its own project alone", async () => {
    const [here, there] = [await scene(), await scene()];
    const { importId } = await importPrompts({ ...file(MIXED), actor: here.actor, leaveOut: true });
    expect((await here.report(importId, "report.csv")).status).toBe(200);
    expect((await here.report(importId, "report.csv", here.annotator)).status).toBe(403);
    expect((await there.report(importId, "report.csv")).status).toBe(404);
    expect((await here.report(importId, "report.xml")).status).toBe(404);
    expect((await here.report("no-id", "report.csv")).status).toBe(404);
  });
});

describe("columns whose names say nothing", () => {
  const table = file("question,good,bad,by\nWhat?,Yes.,No.,Ann\nWho?,She.,It.,Ben\n", "csv");

  it("are named, and take the roles that a person gives them", async () => {
    const { actor } = await scene();
    const before = await previewImport({ ...table, actor });
    expect(before.total).toBe(0);
    expect(before.columns).toEqual(
      ["question", "good", "bad", "by"].map((name) => ({ name, role: null, isRead: false })),
    );
    const mapping = { question: "prompt", good: "chosen", bad: "rejected" } as const;
    const after = await previewImport({ ...table, mapping, actor });
    expect(after).toMatchObject({ total: 2, answers: { comparison: 2 }, issueCount: 0 });
    expect(after.columns.map(({ role }) => role)).toEqual(["prompt", "chosen", "rejected", null]);
    expect(after.ignored).toEqual([{ name: "by", count: 2, line: 2 }]);
    expect(await importPrompts({ ...table, mapping, takeAnswers: true, actor })).toMatchObject({ labels: 2 });
  });

  it("are read by name where they can be, and may be turned round or set aside", async () => {
    const { actor } = await scene();
    const pairs = file('{"instruction": "A?", "chosen": "b", "rejected": "c", "split": "validation"}');
    const read = await previewImport({ ...pairs, actor });
    expect(read.columns).toEqual([
      { name: "instruction", role: "prompt", isRead: true },
      { name: "chosen", role: "chosen", isRead: true },
      { name: "rejected", role: "rejected", isRead: true },
      { name: "split", role: "split", isRead: true },
    ]);
    const turned = await previewImport({ ...pairs, mapping: { chosen: "rejected", rejected: "chosen" }, actor });
    expect(turned.rows[0]?.answer).toMatchObject({ chosen: "c", rejected: "b" });
    const bare = await previewImport({ ...pairs, mapping: { chosen: "ignore", rejected: "ignore" }, actor });
    expect(bare.rows[0]?.answer).toBeNull();
  });

  it("of a split are held against the one that the prompt's text gives", async () => {
    const { projectId, actor } = await scene();
    const rows = Array.from({ length: 40 }, (_, row) => `{"prompt": "Question ${row}?", "split": "train"}`);
    const { splits } = await previewImport({ ...file(rows.join("\n")), actor });
    await importPrompts({ ...file(rows.join("\n")), actor });
    const held = await database().prompt.count({ where: { projectId, split: "validation" } });
    expect(splits).toEqual({ train: { rows: 40, moved: held }, validation: { rows: 0, moved: 0 }, test: 0 });
    expect(held).toBeGreaterThan(0);
  });
});
