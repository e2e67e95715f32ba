import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { IntakeNotes } from "./intake-notes";
import { readDataset } from "./read-dataset";
import { readPrompts } from "./read-prompts";
import { type RecordKind, recordsOfRow } from "./records";
import { LeftOutCounter, type TokenizeExample, tokenizeDemonstrations, tokenizePairs } from "./tokenize-dataset";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tuneloop-data-"));
});
afterAll(() => rm(folder, { recursive: true }));

const user = (content: string) => [{ role: "user" as const, content }];
const assistant = (content: string) => [{ role: "assistant" as const, content }];
const pair = { prompt: user("Hi"), chosen: assistant("Hello!"), rejected: assistant("What?") };
const write = async (name: string, content: string | Buffer) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const complaint = async (promise: Promise<unknown>) => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DomainError) return error.userMessage;
    throw error;
  }
  return "accepted";
};

describe("readDataset", () => {
  it("tolerates keys of the lineage, splits and empty lines", async () => {
    const lines = [
      { ...pair, id: "r1", labelIds: ["l1"], annotatorIds: ["ada"], votes: "many", margin: 0.5 },
      { ...pair, split: "validation" },
      { ...pair, split: "test" },
    ];
    const file = await write("pairs.jsonl", `\ufeff${lines.map((line) => JSON.stringify(line)).join("\n\n")}\n`);
    const dataset = await readDataset("preference", file);
    expect(dataset).toMatchObject({ records: 3, leftOut: [{ reason: "testSplit", place: "pairs.jsonl:5" }] });
    expect(dataset.train).toEqual([
      {
        chosenFinished: true,
        rejectedFinished: true,
        ...pair,
        margin: 0.5,
        split: "train",
        groupId: null,
        place: "pairs.jsonl:1",
        lineage: expect.objectContaining({ labelIds: ["l1"], annotatorIds: ["ada"], votes: null, promptId: null }),
      },
    ]);
    expect(dataset.validation[0]).toMatchObject({ place: "pairs.jsonl:3", margin: 0 });
  });
  it("reads conversations: the last assistant turn is learned", async () => {
    const messages = [...user("a"), ...assistant("b"), ...user("c"), ...assistant("d")];
    const file = await write("chats.jsonl", JSON.stringify({ messages }));
    const { train } = await readDataset("demonstration", file);
    expect(train[0]).toMatchObject({ prompt: messages.slice(0, 3), completion: assistant("d") });
  });
  it("takes texts as one turn each, and finds the prompt that two conversations share", async () => {
    const turns = [...user("a"), ...assistant("b"), ...user("Hi")];
    const lines = [
      { prompt: "Hi", chosen: "Hello!", rejected: "What?" },
      { chosen: [...user("Hi"), ...pair.chosen], rejected: [...user("Hi"), ...pair.rejected] },
      { chosen: [...turns, ...pair.chosen], rejected: [...turns, ...pair.rejected] },
      { chosen: [...user("Hi"), ...pair.chosen], rejected: [...user("Hi"), ...pair.chosen] },
    ];
    const file = await write("formats.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    const { train } = await readDataset("preference", file);
    expect(train.map(({ prompt, chosen, rejected }) => ({ prompt, chosen, rejected }))).toEqual([
      pair,
      pair,
      { ...pair, prompt: turns },
      { ...pair, rejected: pair.chosen },
    ]);
    const prompts = await readPrompts(file, new LeftOutCounter());
    expect(prompts.train.map(({ prompt }) => prompt)).toEqual([user("Hi"), turns]);

    const votes = await write("votes.jsonl", JSON.stringify({ prompt: "Hi", completion: "Hello!", label: true }));
    const unpaired = await readDataset("unpaired", votes);
    expect(unpaired.train[0]).toMatchObject({ prompt: user("Hi"), completion: pair.chosen, desirable: true });
  });
  it("takes a separate validation file as validation", async () => {
    const file = await write("train.jsonl", JSON.stringify(pair));
    const { train, validation } = await readDataset("preference", file, file);
    expect([train.length, validation.length]).toEqual([1, 1]);
  });
  it.each([
    ["broken JSON", `${JSON.stringify(pair)}\n{"prompt": [}`, /^bad\.jsonl:2: not valid JSON/],
    ["an array that is cut off", "[\n", /^bad\.jsonl:1: not valid JSON: the array is not closed/],
    [
      "a missing column",
      JSON.stringify({ prompt: pair.prompt, completion: pair.chosen }),
      /^bad\.jsonl:1: chosen: it is missing; a record needs prompt, chosen and rejected, or [^(]+ \(this line has prompt, completion\)$/,
    ],
    ["a number for messages", JSON.stringify({ ...pair, prompt: 5 }), /^bad\.jsonl:1: prompt: must be text/],
    [
      "conversations that begin differently",
      JSON.stringify({ chosen: [...user("a"), ...pair.chosen], rejected: [...user("b"), ...pair.rejected] }),
      /^bad\.jsonl:1: prompt: it is missing; a record needs prompt, [^(]+ that begin alike \(this line has chosen, rejected\)$/,
    ],
    [
      "texts without a prompt",
      JSON.stringify({ chosen: "Hi", rejected: "Ho" }),
      /^bad\.jsonl:1: prompt: it is missing/,
    ],
    [
      "a transcript without an answer",
      JSON.stringify({ chosen: "Human: Hi", rejected: "Human: Hi" }),
      /^bad\.jsonl:1: chosen: is a transcript without a turn of the "Assistant:"/,
    ],
    [
      "an unknown role",
      JSON.stringify({ ...pair, prompt: [{ role: "robot", content: "x" }] }),
      /^bad\.jsonl:1: prompt\.0\.role: /,
    ],
    ["a number for a record", "5", /^bad\.jsonl:1: a record must be an object/],
    [
      "invalid UTF-8",
      Buffer.concat([Buffer.from(`${JSON.stringify(pair)}\n{"a": "`), Buffer.from([0xff, 0xfe])]),
      /^bad\.jsonl:2: byte 8 of the line is not UTF-8/,
    ],
    [
      "a 10 MB line",
      `${JSON.stringify(pair)}\n${"x".repeat(10_000_000)}`,
      /^bad\.jsonl:2: the line is longer than 8 MiB/,
    ],
  ])("names file and line of %s", async (_, content, expected) => {
    expect(await complaint(readDataset("preference", await write("bad.jsonl", content)))).toMatch(expected);
  });
  it("names a file that is not there", async () => {
    expect(await complaint(readDataset("preference", join(folder, "none.jsonl")))).toMatch(/none\.jsonl: no such file/);
  });
});

describe("completions that were cut at the token limit", () => {
  const parseRecord = (kind: RecordKind, fields: Record<string, unknown>, at: string) =>
    recordsOfRow(kind, { at, row: { place: { line: 1 }, fields } }, new IntakeNotes()).records[0];

  it.each([
    ["demonstration", { prompt: "Hi", completion: "Hello" }],
    ["demonstration", { messages: [...user("Hi"), ...assistant("Hello")] }],
    ["demonstration", { instruction: "Hi", output: "Hello" }],
    ["unpaired", { prompt: "Hi", completion: "Hello", label: true }],
  ] as const)("of a %s say so in `finished`", (kind, record) => {
    expect(parseRecord(kind, { ...record, finished: false }, "a:1")).toMatchObject({ finished: false });
    for (const whole of [record, { ...record, finished: true }, { ...record, finished: null }])
      expect(parseRecord(kind, whole, "a:1")).toMatchObject({ finished: true });
    expect(() => parseRecord(kind, { ...record, finished: "no" }, "a:1")).toThrow(/^a:1: finished: /);
  });

  it("of a pair say so by side", () => {
    const record = { prompt: "Hi", chosen: "Hello", rejected: "No" };
    expect(parseRecord("preference", record, "a:1")).toMatchObject({ chosenFinished: true, rejectedFinished: true });
    expect(parseRecord("preference", { ...record, chosenFinished: false }, "a:1")).toMatchObject({
      chosenFinished: false,
      rejectedFinished: true,
    });
    expect(parseRecord("preference", { ...record, rejectedFinished: false }, "a:1")).toMatchObject({
      chosenFinished: true,
      rejectedFinished: false,
    });
    expect(() => parseRecord("preference", { ...record, finished: false }, "a:1")).toThrow(
      "a:1: finished: does not say which completion; a pair has chosenFinished and rejectedFinished",
    );
  });
});

describe("tokenizing", () => {
  const tokenize: TokenizeExample = ({ prompt, completion, finished }) => ({
    promptIds: [...(prompt.at(-1)?.content ?? "")].map((letter) => letter.charCodeAt(0)),
    completionIds: [...(completion[0]?.content ?? ""), ...(finished === false ? "" : ".")].map((letter) =>
      letter.charCodeAt(0),
    ),
  });
  const record = (chosen: string, rejected: string, place: string) => ({
    prompt: user("Hi"),
    chosen: assistant(chosen),
    rejected: assistant(rejected),
    margin: 0,
    chosenFinished: true,
    rejectedFinished: true,
    place,
    groupId: null,
    split: "train" as const,
  });

  it("leaves out what does not fit or can't teach, each with its reason and line", () => {
    const leftOut = new LeftOutCounter();
    const records = [
      record("yes", "no", "a:1"),
      record("same", "same", "a:2"),
      record("far too long", "no", "a:3"),
      record(" ", "no", "a:4"),
    ];
    expect(tokenizePairs(records, tokenize, 8, leftOut).map(({ place }) => place)).toEqual(["a:1"]);
    expect(leftOut.list().map(({ reason, count, lines }) => [reason, count, lines])).toEqual([
      ["identicalCompletions", 1, ["a:2"]],
      ["tooLong", 1, ["a:3"]],
      ["emptyCompletion", 1, ["a:4"]],
    ]);
  });
  it("marks the side that was cut, and leaves out a pair of like texts of which one was cut", () => {
    const leftOut = new LeftOutCounter();
    const records = [
      { ...record("yes", "no", "a:1"), chosenFinished: false },
      { ...record("yes", "no", "a:2"), rejectedFinished: false },
      { ...record("yes", "yes", "a:3"), rejectedFinished: false },
    ];
    const pairs = tokenizePairs(records, tokenize, 8, leftOut);
    expect(pairs.map(({ chosen, rejected }) => [chosen.isCut, rejected.isCut])).toEqual([
      [true, undefined],
      [undefined, true],
    ]);
    expect(pairs.map(({ chosen, rejected }) => [chosen.completionIds.length, rejected.completionIds.length])).toEqual([
      [3, 3],
      [4, 2],
    ]);
    expect(leftOut.list()).toMatchObject([{ reason: "identicalCompletions", lines: ["a:3"] }]);
  });
  it("keeps a record that fits exactly", () => {
    const leftOut = new LeftOutCounter();
    const demonstration = {
      prompt: user("Hi"),
      completion: assistant("yes"),
      finished: true,
      place: "a:1",
      groupId: null,
      split: "train" as const,
    };
    expect(tokenizeDemonstrations([demonstration], tokenize, 6, leftOut)).toHaveLength(1);
    expect(tokenizeDemonstrations([demonstration], tokenize, 5, leftOut)).toHaveLength(0);
  });
});
