import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { actorIn } from "../testing/actors";
import { readAll } from "../testing/all-records";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts, readImportFile, type TestFile } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";

withTestDatabase();
withTestQueue();

const file = (rows: object[]): TestFile => ({
  fileName: "rows.jsonl",
  format: "jsonl",
  contentBase64: Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n")).toString("base64"),
});

const rated = (response: string, rating: string) => ({
  response,
  annotations: { helpfulness: { Rating: rating, Rationale: "so" }, honesty: { Rating: "N/A" } },
});
const ROWS: Record<string, (index: number) => object> = {
  UltraFeedback: (n) => ({ instruction: `U${n}?`, completions: [rated("good", "5"), rated("poor", "2")] }),
  "Open-Assistant trees": (n) => ({
    message_tree_id: `t${n}`,
    prompt: {
      text: `O${n}?`,
      role: "prompter",
      replies: [
        { text: "second", role: "assistant", rank: 4, replies: [] },
        { text: "first", role: "assistant", rank: 0, replies: [] },
        { text: "gone", role: "assistant", rank: 1, deleted: true },
      ],
    },
  }),
  "a log of OpenAI or Anthropic calls": (n) =>
    n % 2 === 0
      ? {
          request: { model: "m", messages: [{ role: "user", content: `L${n}?` }] },
          response: { choices: [{ message: { role: "assistant", content: "yes" } }] },
        }
      : {
          request: { system: "Be brief.", messages: [{ role: "user", content: `L${n}?` }] },
          response: { role: "assistant", content: [{ type: "text", text: "yes" }] },
        },
  "Claude conversations": (n) => ({
    chat_messages: [
      { sender: "human", text: `C${n}?` },
      { sender: "assistant", text: "yes" },
    ],
  }),
  "ChatGPT conversations": (n) => ({
    current_node: "b",
    mapping: {
      a: { message: { author: { role: "user" }, content: { parts: [`G${n}?`] } }, parent: null },
      b: { message: { author: { role: "assistant" }, content: { parts: ["yes"] } }, parent: "a" },
    },
  }),
  "OpenAI preference pairs": (n) => ({
    input: { messages: [{ role: "user", content: `P${n}?` }] },
    preferred_output: [{ role: "assistant", content: "a" }],
    non_preferred_output: [{ role: "assistant", content: "b" }],
  }),
  Argilla: (n) => ({
    fields: { prompt: `A${n}?`, one: "x", two: "y" },
    responses: {
      order: [
        {
          value: [
            { value: "two", rank: 1 },
            { value: "one", rank: 2 },
          ],
        },
      ],
    },
  }),
  "Label Studio": (n) => ({
    data: { prompt: `S${n}?`, answer: "x" },
    annotations: [{ result: [{ type: "rating", from_name: "quality", value: { rating: 4 } }] }],
  }),
};
const KINDS: Record<string, string> = {
  ...{ UltraFeedback: "rating", "Open-Assistant trees": "ranking", Argilla: "ranking", "Label Studio": "rating" },
  ...{ "OpenAI preference pairs": "comparison" },
};

describe("a thousand rows of another tool", () => {
  it.each(Object.entries(ROWS))("%s: each becomes what it says", async (name, rowOf) => {
    const read = await readImportFile(file(Array.from({ length: 1000 }, (_, index) => rowOf(index))));
    expect(read.issues).toEqual([]);
    expect(read.formats).toEqual([{ name, rows: 1000 }]);
    expect(read.prompts).toHaveLength(1000);
    expect(read.answers).toHaveLength(1000);
    expect(new Set(read.answers.map(({ answer }) => answer.kind))).toEqual(new Set([KINDS[name] ?? "demonstration"]));
  });

  it("counts each text once where a row brings several answers to one prompt, and keys that no row reads", async () => {
    const request = { messages: [{ role: "user", content: "Name a colour." }] };
    const message = (content: string) => ({ message: { role: "assistant", content } });
    const row = { request, response: { choices: [message("Blue."), message("Red.")] }, cost: 0.1 };
    const read = await readImportFile(file([row]));
    expect([read.total, read.duplicates, read.prompts.length, read.answers.length]).toEqual([1, 1, 1, 2]);
    expect(read.columns.map(({ name, isRead }) => [name, isRead])).toEqual([
      ["request", true],
      ["response", true],
      ["cost", false],
    ]);
    const nothing = await readImportFile(file([{ question: "What?", good: "Yes." }]));
    expect(nothing.columns.map(({ isRead }) => isRead)).toEqual([false, false]);
  });

  it("names what it does not read of them", async () => {
    const { ignored } = await readImportFile(file([ROWS.UltraFeedback?.(0) ?? {}]));
    expect(ignored.map(({ name }) => name)).toContain("completions[].annotations.helpfulness.Rationale");
  });
});

describe("ratings and rankings of other tools", () => {
  it.each([
    ["UltraFeedback", { preference: 1, unpaired: 2 }],
    ["Open-Assistant trees", { preference: 1 }],
    ["Argilla", { preference: 1 }],
  ])("%s: come through to the records of a dataset version", async (name, expected) => {
    const admin = await makeUser("Ada");
    const project = await makeProject(admin);
    const row = ROWS[name]?.(0) ?? {};
    const options = { ...file([row]), actor: actorIn(project.id, admin.id), takeAnswers: true };
    expect(await importPrompts(options)).toMatchObject({ accepted: 1, labels: 1 });
    expect(await importPrompts(options)).toMatchObject({ accepted: 0, labels: 0 });
    const { records } = await readAll(project.id);
    const counts: Record<string, number> = {};
    for (const { kind } of records) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(counts).toEqual(expected);
  });
});

const shared = process.env.TUNELOOP_PUBLIC_DATA ?? join(import.meta.dirname, "../../../shared/data");
const isThere = existsSync(shared);
if (!isThere)
  console.info(`Public files are skipped: ${shared} is not there; TUNELOOP_PUBLIC_DATA names their folder.`);

describe("public files, where they lie beside the checkout", () => {
  it.skipIf(!isThere).each([
    ["alpaca_en_demo.json", "demonstration"],
    ["dpo_en_demo.json", "comparison"],
    ["kto_en_demo.json", "unpaired"],
  ])("%s is read whole", async (name, kind) => {
    const path = join(shared, name);
    const contentBase64 = readFileSync(path).toString("base64");
    const { issues, answers, prompts } = await readImportFile({ fileName: name, format: "jsonl", contentBase64 });
    console.info(`${name}: ${prompts.length} prompts, ${answers.length} answers, ${issues.length} refused`);
    expect(new Set(answers.map(({ answer }) => answer.kind))).toEqual(new Set([kind]));
    const rows = (JSON.parse(readFileSync(path, "utf8")) as unknown[]).length;
    expect(answers.length + issues.length).toBeGreaterThan(rows * 0.95);
  });
});
