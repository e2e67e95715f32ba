import { describe, expect, it } from "vitest";
import { IntakeReader } from "./intake-reader";
import type { IntakeItem } from "./items";
import { isProblem, type Place } from "./place";
import { readRow, turnsOf } from "./read-row";

const LIMITS = { maxLineBytes: 1 << 20, maxLineWords: "too long" };

/** Reads a whole file and gives each row's items, or its fault in words. */
function readFile(content: string | Uint8Array, hint: "jsonl" | "csv" = "jsonl") {
  const reader = new IntakeReader(LIMITS, hint);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const rows = [...reader.push(bytes), ...reader.end()];
  const items: IntakeItem[] = [];
  const faults: string[] = [];
  const fault = (place: Place, field: string | undefined, message: string) =>
    faults.push(`${place.line}${place.element === undefined ? "" : `[${place.element}]`} ${field ?? ""}: ${message}`);
  for (const row of rows) {
    const read = isProblem(row) ? row : readRow(row);
    if ("message" in read) fault(read.place, read.field, read.message);
    else if ("items" in read) items.push(...read.items);
  }
  return { items, faults };
}

const textsIn = ({ items }: ReturnType<typeof readFile>) =>
  items.map((item) => turnsOf(item).map(({ role, content }) => `${role}: ${content}`));
const line = (row: object) => `${JSON.stringify(row)}\n`;
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe("a conversation beside a prompt", () => {
  it("of another question is refused, and one that goes on with the assistant is taken in", () => {
    const sides = (...before: object[]) => ({
      chosen: [...before, assistant("good")],
      rejected: [...before, assistant("bad")],
    });
    expect(readFile(line({ prompt: "Q1", ...sides(user("Q2")) })).faults).toEqual([
      expect.stringMatching(/^1 chosen: must begin and end with the assistant's turn, and begins with the user/),
    ]);
    expect(textsIn(readFile(line({ prompt: "Q1", ...sides(assistant("Which?"), user("That.")) })))).toEqual([
      ["user: Q1", "assistant: Which?", "user: That.", "assistant: good", "assistant: bad"],
    ]);
  });
});

describe("verdicts in words", () => {
  it.each(["negative", "Thumbs Down", "0.0", "NO", -1])("%j is a thumb down", (label) => {
    const { items } = readFile(line({ prompt: "Q", completion: "a", label }));
    expect(items[0]?.said).toMatchObject({ kind: "unpaired", desirable: false });
  });
  it.each(["neutral", 0.5, "N/A"])("%j is refused", (label) => {
    expect(readFile(line({ prompt: "Q", completion: "a", label })).faults).toHaveLength(1);
  });
});

describe("transcripts", () => {
  it("have a system's turn, and the line ends of Windows", () => {
    const text = (answer: string) => `\r\n\r\nHuman: Q\r\n\r\nAssistant: ${answer}`;
    expect(textsIn(readFile(line({ chosen: text("good"), rejected: text("bad") })))).toEqual([
      ["user: Q", "assistant: good", "assistant: bad"],
    ]);
    const told = (answer: string) => `System: s\n\nHuman: Q\n\nAssistant: ${answer}`;
    expect(textsIn(readFile(line({ chosen: told("good"), rejected: told("bad") })))).toEqual([
      ["system: s", "user: Q", "assistant: good", "assistant: bad"],
    ]);
  });
  it.each(["Human: Q\nAssistant:", "### Instruction: Q\n### Response:", "USER: Q ASSISTANT:"])(
    "of another kind are refused and never taken for a prompt: %j",
    (start) => {
      const { faults, items } = readFile(line({ chosen: `${start} good`, rejected: `${start} bad` }));
      expect(items).toEqual([]);
      expect(faults[0]).toMatch(/transcript/);
    },
  );
});

describe("lists of messages as text", () => {
  const csv = (cell: string) => readFile(`prompt,completion\nQ,"${cell.replaceAll('"', '""')}"\n`, "csv");
  it("are read whatever their keys' order", () => {
    expect(textsIn(csv('[{"name": "b", "role": "assistant", "content": "a"}]'))).toEqual([["user: Q", "assistant: a"]]);
  });
  it.each([
    "array([{'role': 'assistant', 'content': 'a'}], dtype=object)",
    "[{'name': 'b', 'role': 'assistant', 'content': 'a'}]",
  ])("are never learned in Python's spelling: %s", (cell) => {
    expect(csv(cell).faults).toEqual([expect.stringMatching(/completion: looks like a list of messages as text/)]);
  });
  it.each(['{"role": "admin", "content": "x"}', '[{"name": "x"}]', "{'a': 1}"])(
    "are not seen in an answer such as %s",
    (cell) => {
      expect(textsIn(csv(cell))).toEqual([["user: Q", `assistant: ${cell}`]]);
    },
  );
});

describe("tables and wrappers", () => {
  it("have headings with a capital and empty rows below", () => {
    const read = readFile("Prompt;Completion\nQ;a\n;\n ; \n", "csv");
    expect(textsIn(read)).toEqual([["user: Q", "assistant: a"]]);
    expect(read.faults).toEqual([]);
    const typed = readFile("PROMPT,Completion,TaskType,Own Column\nQ,a,math,x\n", "csv").items;
    expect(typed[0]).toMatchObject({ taskType: "math" });
  });
  it("have words or digits for a completion that was cut", () => {
    const { items } = readFile("prompt,completion,finished\nQ,a,0\nR,b,1\n", "csv");
    expect(items.map((item) => turnsOf(item).at(-1)?.finished)).toEqual([false, undefined]);
  });
  it("wrap their rows on one line as on many", () => {
    const wrapped = { data: [{ prompt: "Q", completion: "a" }], version: 1 };
    for (const content of [JSON.stringify(wrapped), `${JSON.stringify(wrapped)}\n`, JSON.stringify(wrapped, null, 2)])
      expect(textsIn(readFile(content))).toEqual([["user: Q", "assistant: a"]]);
    const rows = `${line({ data: [{ a: 1 }], prompt: "Q" })}${line({ data: [], prompt: "R" })}`;
    expect(textsIn(readFile(rows))).toEqual([["user: Q"], ["user: R"]]);
  });
  it("may nest as deeply as they like", () => {
    const deep = `{"prompt": "Q", "x": ${"[".repeat(20_000)}${"]".repeat(20_000)}}\n`;
    expect(textsIn(readFile(deep))).toEqual([["user: Q"]]);
  });
});

it("reads a split in the words of other tools", () => {
  const rows = ["Train", "TEST", "val", "dev", "train_prefs"].map((split, n) => line({ prompt: `${n}`, split }));
  expect(readFile(rows.join("")).items.map(({ split }) => split)).toEqual([
    "train",
    "test",
    "validation",
    "validation",
    null,
  ]);
});

it("reads roles whatever their case", () => {
  const messages = [
    { role: "Developer", content: "s" },
    { role: "Human", content: "Q" },
    { role: "model", content: "a" },
  ];
  expect(textsIn(readFile(line({ messages })))).toEqual([["system: s", "user: Q", "assistant: a"]]);
});

describe("white space", () => {
  const TEXTS = [
    "  leading",
    "trailing \n",
    "\ttabs\t",
    "line\r\nends\r\n",
    "\u00a0no break\u00a0",
    "a\u2028b",
    "  \n x \n  ",
  ];
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  it.each(TEXTS)("of prompts and answers is kept byte for byte in every format: %j", (text) => {
    const transcript = (answer: string) => `\n\nHuman: Q?\n\nAssistant: ${answer}`;
    const answered = [
      { prompt: text, completion: text },
      { instruction: text, output: text },
      { messages: [user(text), assistant(text)] },
      {
        conversations: [
          { from: "human", value: text },
          { from: "gpt", value: text },
        ],
      },
      { request: { messages: [user(text)] }, response: { choices: [{ message: assistant(text) }] } },
      {
        chat_messages: [
          { sender: "human", text },
          { sender: "assistant", text },
        ],
      },
      { data: { prompt: text }, annotations: [{ result: [{ type: "textarea", value: { text: [text] } }] }] },
    ];
    for (const row of answered) {
      const [item] = readFile(line(row)).items;
      expect(item && turnsOf(item).map(({ content }) => content)).toEqual([text, text]);
    }
    for (const separator of [",", ";", "\t"]) {
      const table = `${["prompt", "completion"].join(separator)}\r\n${[cell(text), cell(text)].join(separator)}\r\n`;
      const [item] = readFile(table, "csv").items;
      expect(item && turnsOf(item).map(({ content }) => content)).toEqual([text, text]);
    }
    const [pair] = readFile(line({ chosen: transcript(text), rejected: transcript("other") })).items;
    // The one space after "Assistant:" belongs to the transcript.
    expect(pair?.said.kind === "comparison" && pair.said.chosen[0]?.content).toBe(text);
  });
});
