import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readImportFile } from "../testing/test-imports";

const fixtures = join(import.meta.dirname, "../../domain/intake/fixtures");

/** Lists what an import takes from a file: each prompt's last turn, and the answer beside it in a few words. */
async function taken(path: string) {
  const contentBase64 = readFileSync(join(fixtures, path)).toString("base64");
  const read = await readImportFile({ fileName: path, format: path.endsWith(".csv") ? "csv" : "jsonl", contentBase64 });
  const prompts = read.prompts.map(({ hash, messages }) => ({
    turns: messages.map(({ role, content }) => `${role}: ${content}`),
    answers: read.answers.filter((one) => one.hash === hash).map(({ answer }) => answer),
  }));
  const issues = read.issues.map(({ line, field, message }) => `${line} ${field ?? ""}: ${message}`);
  return {
    prompts,
    issues,
    ignored: read.ignored.map(({ name }) => name),
    format: read.formats[0]?.name,
    container: read.container,
  };
}

const pair = (chosen: string, rejected: string, margin: number | null = null) =>
  ({ kind: "comparison", chosen, rejected, strength: "clearly", margin }) as const;

describe("a completion that repeats its prompt", () => {
  it.each(["text-prompt.jsonl", "turns-prompt.jsonl", "clean.jsonl"])(
    "is the pair of %s without the repetition",
    async (file) => {
      const { prompts, issues } = await taken(`completion-repeats-prompt/${file}`);
      expect(issues).toEqual([]);
      expect(prompts).toHaveLength(4);
      expect(prompts[0]).toEqual({
        turns: ["user: Name a tree with needles."],
        answers: [pair("A spruce has needles.", "Maybe a chair.")],
      });
    },
  );
  it("is refused by line where it is the user's", async () => {
    const { prompts, issues } = await taken("completion-repeats-prompt/users-answer.jsonl");
    expect(prompts).toEqual([]);
    expect(issues[0]).toMatch(/^1 chosen: must begin and end with the assistant/);
  });
});

describe("fields that turn an answer round", () => {
  it.each(["unpaired.jsonl", "instruction.jsonl"])(
    "a label of false never makes a demonstration of %s",
    async (file) => {
      const { prompts } = await taken(`label-false/${file}`);
      expect(prompts.map(({ answers }) => answers.map((one) => one.kind === "unpaired" && one.desirable))).toEqual([
        [true, false],
        [true, false],
      ]);
    },
  );
  it("a margin stays the number that it is", async () => {
    expect((await taken("label-false/margin.jsonl")).prompts[0]?.answers).toEqual([
      pair("The Ucayali.", "The Seine.", 0.5),
    ]);
  });
});

it("tells prompts apart by their text as written", async () => {
  const { prompts } = await taken("different-prompts-become-one/prompts.jsonl");
  expect(prompts.map(({ answers }) => answers)).toEqual(
    ["15", "41", "Once.", "Once for every item of a.", "STOP", "stop"].map((content) => [
      { kind: "demonstration", content },
    ]),
  );
});

describe("JSON arrays", () => {
  it.each(["one-line.json", "pretty.json"])("reads %s as JSONL is read", async (file) => {
    const { prompts, container } = await taken(`json-arrays/${file}`);
    expect(prompts.map(({ answers }) => answers)).toEqual(
      ["Little.", "Dry.", "Start."].map((content) => [{ kind: "demonstration", content }]),
    );
    expect(container).toBe("JSON array");
  });
  it.each([
    ["argilla.json", "Argilla"],
    ["label-studio.json", "Label Studio"],
  ])("reads %s", async (file, format) => {
    const read = await taken(`json-arrays/${file}`);
    expect(read.prompts).toEqual([{ turns: ["user: Name a spice."], answers: [pair("Cumin.", "Gravel.")] }]);
    expect(read.format).toBe(format);
  });
});

describe("ShareGPT and HH", () => {
  it("reads speakers as roles", async () => {
    expect((await taken("sharegpt-and-hh/sharegpt.jsonl")).prompts).toEqual([
      {
        turns: ["system: One word.", "user: Colour of snow?"],
        answers: [{ kind: "demonstration", content: "White." }],
      },
      { turns: ["user: Three plus one?"], answers: [{ kind: "demonstration", content: "Four." }] },
    ]);
    expect((await taken("sharegpt-and-hh/sharegpt-pairs.jsonl")).prompts[0]?.answers).toEqual([
      pair("In autumn.", "At sea."),
    ]);
  });
  it("takes a transcript's shared turns for the prompt", async () => {
    expect((await taken("sharegpt-and-hh/hh.jsonl")).prompts[0]).toEqual({
      turns: ["user: My lamp flickers.", "assistant: Which one?", "user: The red one."],
      answers: [pair("Change its bulb.", "Lamps are flat.")],
    });
  });
});

describe("keys of messages", () => {
  it("are named where they are not read, and refused where they are calls", async () => {
    expect((await taken("message-fields-lost/reasoning.jsonl")).ignored).toEqual(["messages[].reasoning_content"]);
    for (const file of ["tools.jsonl", "tools-null.jsonl"])
      expect((await taken(`message-fields-lost/${file}`)).issues).toEqual([
        expect.stringMatching(/^1 messages\.1\.tool_calls: tool calls are not read/),
        expect.stringMatching(/^2 messages\.1\.tool_calls/),
      ]);
  });
  it("text parts are one text, and the developer is the system", async () => {
    expect((await taken("message-fields-lost/parts.jsonl")).prompts.map(({ turns }) => turns)).toEqual([
      ["user: Capital of Chile?"],
      ["system: Be brief.", "user: Capital of Oman?"],
    ]);
  });
});

describe("tables as spreadsheets write them", () => {
  it("a cell that is a list of messages is one", async () => {
    const { prompts } = await taken("csv/twin.jsonl");
    expect((await taken("csv/twin.csv")).prompts).toEqual(prompts);
    expect((await taken("csv/prompt-list.csv")).prompts).toEqual([
      { turns: ["user: Name a knot."], answers: [{ kind: "demonstration", content: "A bowline." }] },
    ]);
    expect((await taken("csv/twin-repr.csv")).issues).toEqual([
      expect.stringMatching(/^2 chosen: looks like a list of messages as text/),
    ]);
  });
  it.each([
    ["quoted-header.csv", ["Name a boat.", "Name a sail."]],
    ["sep-line.csv", ["Name a shrub."]],
    ["short-rows.csv", ["Name a fern.", "Name a lichen."]],
    ["utf16.csv", ["Name a café."]],
  ])("reads %s", async (file, wanted) => {
    const { prompts, issues } = await taken(`csv/${file}`);
    expect(prompts.map(({ turns }) => turns)).toEqual(wanted.map((text) => [`user: ${text}`]));
    expect(issues).toEqual([]);
  });
});

describe("quirks of JSONL", () => {
  it.each([
    ["doubled-key.jsonl", /^1 : the key "chosen" appears twice/],
    ["nan.jsonl", /^1 : NaN is not valid JSON/],
    ["empty-prompt.jsonl", /^2 prompt: is empty$/],
    ["cr-only.jsonl", /^1 : the lines end with CR alone; save the file with LF line ends$/],
    ["surrogate.jsonl", /^1 prompt: holds half of a surrogate pair/],
  ])("names the line and the fault of %s", async (file, expected) => {
    expect((await taken(`jsonl-quirks/${file}`)).issues[0]).toMatch(expected);
  });
  it("takes null for nothing, and another tool's columns for theirs", async () => {
    expect((await taken("jsonl-quirks/null-margin.jsonl")).prompts).toHaveLength(2);
    const { prompts, ignored } = await taken("jsonl-quirks/other-split.jsonl");
    expect(prompts).toHaveLength(2);
    expect(ignored).toEqual(["split", "groupId"]);
  });
});
