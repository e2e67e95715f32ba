import { describe, expect, it } from "vitest";
import type { Said } from "../items";
import { readRow } from "../read-row";

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown, more: object = {}) => ({ role: "assistant", content, ...more });

type Read = {
  format: string;
  prompt: string[];
  said: Said["kind"][];
  texts: string[][];
  cut: boolean;
  ignored: string[];
};

/** Reads a row and gives its first prompt and the last turn of everything that is said of it, or the fault in words. */
function read(fields: Record<string, unknown>): Read | string {
  const row = readRow({ place: { line: 1 }, fields });
  if ("message" in row) return `${row.field ?? ""}: ${row.message}`;
  if (!("items" in row)) return row.notLearned;
  const completions = row.items.map(({ said }) => completionsOf(said));
  return {
    format: row.format,
    prompt: (row.items[0]?.prompt ?? []).map(({ role, content }) => `${role}: ${content}`),
    said: row.items.map(({ said }) => said.kind),
    texts: completions.map((ofItem) => ofItem.map((turns) => turns.at(-1)?.content ?? "")),
    cut: completions.flat().some((turns) => turns.at(-1)?.finished === false),
    ignored: row.ignored,
  };
}

function completionsOf(said: Said) {
  if (said.kind === "prompt") return [];
  if (said.kind === "comparison") return [said.chosen, said.rejected];
  if (said.kind === "demonstration" || said.kind === "unpaired") return [said.completion];
  const worth = (one: object) => ("rank" in one ? Number(one.rank) : 0);
  return said.completions.toSorted((a, b) => worth(a) - worth(b)).map(({ turns }) => turns);
}

const call = (response: object, request: object = {}) => ({
  request: { messages: [user("Q?")], ...request },
  response,
});
const choice = (message: object, more: object = {}) => ({ index: 0, message, finish_reason: "stop", ...more });

describe("logged calls", () => {
  it.each<[string, Record<string, unknown>]>([
    ["OpenAI", call({ choices: [choice(assistant("A."))] })],
    [
      "OpenAI's newer interface",
      {
        request: { input: "Q?", instructions: "Be brief." },
        response: { output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "A." }] }] },
      },
    ],
    ["Anthropic", call({ role: "assistant", content: [{ type: "text", text: "A." }], stop_reason: "end_turn" })],
    [
      "Anthropic with parts as the system's text",
      call(assistant("A."), { system: [{ type: "text", text: "Be brief." }] }),
    ],
    [
      "a joined batch of OpenAI",
      {
        custom_id: "r1",
        body: { messages: [user("Q?")] },
        response: { status_code: 200, body: { choices: [choice(assistant("A."))] } },
      },
    ],
    [
      "a joined batch of Anthropic",
      {
        custom_id: "r1",
        params: { messages: [user("Q?")] },
        result: { type: "succeeded", message: assistant([{ type: "text", text: "A." }]) },
      },
    ],
  ])("of %s are demonstrations", (_, row) => {
    const got = read(row);
    expect(got).toMatchObject({
      format: "a log of OpenAI or Anthropic calls",
      said: ["demonstration"],
      texts: [["A."]],
      cut: false,
    });
    expect((got as Read).prompt.at(-1)).toBe("user: Q?");
    const isBriefed = JSON.stringify(row).includes("Be brief.");
    expect((got as Read).prompt[0] === "system: Be brief.").toBe(isBriefed);
  });

  it("give each choice, and name what they say besides", () => {
    const row = call({
      id: "c",
      usage: { total: 3 },
      choices: [choice(assistant("A.")), choice(assistant("B."), { logprobs: [1] })],
    });
    expect(read(row)).toMatchObject({
      texts: [["A."], ["B."]],
      ignored: ["response.id", "response.usage", "response.choices[].logprobs"],
    });
  });

  it("that the token limit cut are marked", () => {
    expect(read(call({ choices: [choice(assistant("A"), { finish_reason: "length" })] }))).toMatchObject({ cut: true });
    expect(read(call({ ...assistant("A"), stop_reason: "max_tokens" }))).toMatchObject({ cut: true });
    const output = [{ type: "message", role: "assistant", content: "A" }];
    expect(read(call({ output, incomplete_details: { reason: "max_output_tokens" } }))).toMatchObject({ cut: true });
    expect(read({ prompt: "Q?", completion: "A", finish_reason: "length" })).toMatchObject({ cut: true, ignored: [] });
    expect(read({ prompt: "Q?", completion: "A", finish_reason: "content_filter" })).toMatchObject({
      cut: false,
      ignored: ["finish_reason"],
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a tool's turn",
      call(assistant([{ type: "tool_use", id: "t" }])),
      /^response\.content\.0: tool calls are not read/,
    ],
    [
      "a call of the newer interface",
      call({ output: [{ type: "function_call" }] }),
      /^response\.output\.0: tool calls/,
    ],
    [
      "a refusal",
      call({ choices: [choice(assistant(null, { refusal: "No." }))] }),
      /\.refusal: is a refusal by the service/,
    ],
    [
      "a failed call",
      { custom_id: "r", params: { messages: [user("Q?")] }, result: { type: "errored", error: { type: "x" } } },
      /^result: the call failed/,
    ],
    [
      "a batch's answers alone",
      { custom_id: "r", result: { type: "succeeded", message: assistant("A.") } },
      /joined by custom_id$/,
    ],
    [
      "a picture",
      call(assistant("A."), { messages: [user([{ type: "image" }])] }),
      /a part of type "image" is not read/,
    ],
  ])("refuse %s by name", (_, row, expected) => {
    expect(read(row)).toMatch(expected);
  });

  it("without a response are prompts", () => {
    expect(read({ custom_id: "r", body: { messages: [user("Q?")], model: "m" } })).toMatchObject({
      said: ["prompt"],
      ignored: ["body.model"],
    });
  });
});

describe("conversations of chat pages", () => {
  const node = (role: string, content: object, parent: string | null, more: object = {}) => ({
    message: { author: { role }, content, ...more },
    parent,
  });
  const text = (...parts: unknown[]) => ({ content_type: "text", parts });
  const chat = (answer: object, last: object) => ({
    current_node: "c",
    mapping: { a: node("user", text("Q?"), null), b: answer, c: last },
  });
  const thoughts = node("assistant", { content_type: "thoughts", thoughts: [] }, "a");

  it("are marked where an answer was interrupted, and lose no part unsaid", () => {
    const cut = { metadata: { finish_details: { type: "interrupted" } } };
    expect(read(chat(thoughts, node("assistant", text("A"), "b", cut)))).toMatchObject({
      texts: [["A"]],
      cut: true,
      ignored: ["mapping[].message of type thoughts"],
    });
  });
  it("are refused where a tool or a picture stands between", () => {
    const tool = node("tool", { content_type: "execution_output", text: "1" }, "a");
    expect(read(chat(tool, node("assistant", text("A"), "b")))).toMatch(/tool calls are not read/);
    const picture = node("user", text({ content_type: "image_asset_pointer" }, "x"), "a");
    expect(read(chat(picture, node("assistant", text("A"), "b")))).toMatch(/image_asset_pointer" is not read/);
  });
});

describe("fields that turn a pair round", () => {
  const pair = { prompt: "Q?", chosen: "good", rejected: "bad" };
  it.each([
    [{ score_chosen: 2, score_rejected: 7 }, /^score_chosen: is 2 and score_rejected is 7/],
    [{ "chosen-rating": "1", "rejected-rating": "5" }, /^chosen-rating: /],
    [{ status: "tie" }, /^status: is "tie": such a row prefers neither/],
    [{ winner: "rejected" }, /^winner: .*swapped/],
  ])("%j refuses the row", (more, expected) => {
    expect(read({ ...pair, ...more })).toMatch(expected);
  });
  it("are only named where they agree", () => {
    const more = { score_chosen: 7, score_rejected: 7, status: "unchanged" };
    expect(read({ ...pair, ...more })).toMatchObject({ texts: [["good", "bad"]], ignored: Object.keys(more) });
  });
  it.each(["is_correct", "accepted", "desirable"])("%s: false makes no demonstration", (key) => {
    expect(read({ prompt: "Q?", completion: "bad", [key]: false })).toMatchObject({ said: ["unpaired"] });
    expect(read({ prompt: "Q?", completion: "bad", [key]: "by Ada" })).toMatchObject({
      said: ["demonstration"],
      ignored: [key],
    });
  });
  it("HelpSteer's zeros are low ratings", () => {
    const scores = { helpfulness: 0, correctness: 0, coherence: 4, complexity: 1, verbosity: 1 };
    expect(read({ prompt: "Q?", response: "bad", ...scores })).toMatchObject({
      format: "HelpSteer",
      said: ["rating"],
      ignored: ["complexity", "verbosity"],
    });
  });
});

describe("turns that are not learned", () => {
  it.each([{ weight: 0 }, { train: false }, { training: false }, { loss: false }])(
    "%j is read beside a turn",
    (flag) => {
      const row = readRow({
        place: { line: 1 },
        fields: { messages: [user("Q?"), assistant("x", flag), user("And?"), assistant("A.", { loss: true })] },
      });
      const [item] = "items" in row ? row.items : [];
      expect(item?.prompt.map(({ learned }) => learned)).toEqual([undefined, false, undefined]);
    },
  );
});

describe("pairs of other tools", () => {
  const pair = { said: ["comparison"], prompt: ["user: Q?"], texts: [["good", "bad"]], ignored: [] };
  it.each<[string, Record<string, unknown>]>([
    ["ms-swift", { query: "Q?", response: "good", rejected_response: "bad" }],
    ["ms-swift's messages", { messages: [user("Q?"), assistant("good")], rejected_response: "bad" }],
    ["Orca's pairs", { question: "Q?", chosen: "good", rejected: "bad" }],
    ["an input alone", { input: "Q?", chosen: "good", rejected: "bad" }],
    ["the full HH-RLHF", { prompt: "\n\nHuman: Q?\n\nAssistant:", response: "good", chosen: "good", rejected: "bad" }],
    [
      "OpenAI",
      {
        input: { messages: [user("Q?")] },
        preferred_output: [assistant("good")],
        non_preferred_output: [assistant("bad")],
      },
    ],
    ["Azure", { input: [user("Q?")], preferred_output: [assistant("good")], non_preferred_output: [assistant("bad")] }],
  ])("of %s", (_, row) => {
    expect(read(row)).toMatchObject(pair);
  });
  it("without a prompt begin alike, up to a white space, byte for byte", () => {
    expect(read({ chosen: "The sky is blue.", rejected: "The sky is black." })).toMatchObject({
      prompt: ["user: The sky is"],
      texts: [[" blue.", " black."]],
    });
    expect(read({ chosen: "Blue.", rejected: "Black." })).toMatch(/^prompt: is missing, and chosen and rejected/);
  });
  it("refuse another answer beside them, and steps with labels", () => {
    expect(read({ prompt: "Q?", response: "other", chosen: "good", rejected: "bad" })).toMatch(
      /cannot be combined with "response"/,
    );
    expect(read({ prompt: "Q?", completions: ["a", "b"], labels: [true, false] })).toMatch(
      /TRL's stepwise supervision/,
    );
  });
});

describe("exports of annotation tools", () => {
  const fields = { prompt: "Q?", "response-1": "good", "response-10": "bad" };
  const data = { prompt: "Q?", answer2: "bad", answer1: "good", source: "web" };
  const labelled = (result: object) => ({ data, annotations: [{ result: [result] }] });
  const items = {
    prompt: "Q?",
    items: [
      { id: "a", body: "bad" },
      { id: "b", title: "B", body: "good" },
      { id: "c", body: "so" },
    ],
  };
  const ranked = (ranker: unknown) => ({
    data: items,
    annotations: [{ result: [{ type: "ranker", to_name: "results", value: { ranker } }] }],
  });

  it("of Argilla 2 rank by order, and rate the text whose whole name a question has", () => {
    expect(read({ fields, responses: { rank: [{ value: ["response-10", "response-1"] }] } })).toMatchObject({
      said: ["ranking"],
      texts: [["bad", "good"]],
    });
    expect(read({ fields, responses: { "response-10-rating": [{ value: 2 }] } })).toMatchObject({ texts: [["bad"]] });
  });
  it("of Argilla as a data set have their answers in columns", () => {
    const flat = {
      ...fields,
      "best.responses": ["response-1", "response-10"],
      "best.responses.status": ["submitted", "draft"],
    };
    expect(read({ id: "1", status: "completed", ...flat })).toMatchObject({
      format: "Argilla",
      texts: [["good", "bad"]],
      ignored: ["id", "status", "responses of status draft"],
    });
  });
  it("of Label Studio compare the texts that a result names, left one first", () => {
    const result = { type: "pairwise", to_name: "answer1,answer2", value: { selected: "left" } };
    expect(read(labelled(result))).toMatchObject({ texts: [["good", "bad"]], ignored: ["data.source"] });
  });
  it("of Label Studio rank the entries of a list, by the one bucket that is filled", () => {
    expect(read(ranked(["b", "a"]))).toMatchObject({ said: ["ranking"], texts: [["good", "bad"]], ignored: [] });
    expect(read(ranked({ _: ["c"], rank: ["b", "a"] }))).toMatchObject({ texts: [["good", "bad"]] });
    expect(read(ranked({ _: [], good: ["a", "b"], bad: ["c"] }))).toMatch(/^: Label Studio's export is read where/);
  });
  it("of Label Studio take what a person wrote for a demonstration", () => {
    const result = { type: "textarea", to_name: "prompt", value: { text: ["A."] } };
    expect(read({ data: { prompt: "Q?" }, annotations: [{ result: [result] }] })).toMatchObject({
      said: ["demonstration"],
      texts: [["A."]],
    });
  });
  it("of distilabel rate several generations", () => {
    const row = { instruction: "Q?", generations: ["good", "bad", null], ratings: [5, 2, null] };
    expect(read(row)).toMatchObject({
      said: ["rating"],
      texts: [["good", "bad"]],
      ignored: ["generations without a text or a rating"],
    });
    expect(read({ ...row, ratings: [5] })).toMatch(/^ratings: has 1 entries/);
  });
});

it("names the keys inside a part of a text", () => {
  const content = [{ type: "text", text: "A.", citations: [{ url: "x" }] }];
  expect(read({ messages: [user("Q?"), assistant(content)] })).toMatchObject({
    texts: [["A."]],
    ignored: ["messages[].content[].citations"],
  });
});
