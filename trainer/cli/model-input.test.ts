import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModelInput } from "./model-input";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-input-"));
});
afterAll(() => rm(folder, { recursive: true }));

const user = (content: string) => [{ role: "user", content }];
const assistant = (content: string) => [{ role: "assistant", content }];

async function read(name: string, content: string, completion = true) {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return readModelInput(file, { completion });
}
const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

describe("the input of score and generate", () => {
  it("is read in every form that training reads", async () => {
    const wanted = { prompt: user("Hi"), completion: assistant("Hello!"), finished: true };
    const rows = { prompt: "Hi", completion: "Hello!" };
    expect((await read("a.json", JSON.stringify([rows]))).lines).toEqual([{ at: "a.json[0]", ...wanted }]);
    expect((await read("a.csv", "prompt,completion\nHi,Hello!\n")).lines).toEqual([{ at: "a.csv:2", ...wanted }]);
    const forms = lines(
      { messages: [...user("Hi"), ...assistant("Hello!")] },
      { instruction: "Hi", output: "Hello!" },
      { prompt: user("Hi"), completion: [...user("Hi"), ...assistant("Hello!")] },
      { prompt: "Hi", completion: "Hello!", label: false },
      { prompt: "Hi", completion: "Hello!", weight: 0, split: "test" },
    );
    const { lines: read5 } = await read("a.jsonl", forms);
    expect(read5).toEqual([1, 2, 3, 4, 5].map((line) => ({ at: `a.jsonl:${line}`, ...wanted })));
  });

  it("keeps ids beside texts, and the mark of a cut completion", async () => {
    const input = lines({ ids: [3, 1] }, { prompt: "Hi", completion: "Hel", finished: false });
    expect((await read("b.jsonl", input)).lines).toEqual([
      { at: "b.jsonl:1", ids: [3, 1] },
      { at: "b.jsonl:2", prompt: user("Hi"), completion: assistant("Hel"), finished: false },
    ]);
  });

  it("takes the prompt of pairs and conversations to answer anew", async () => {
    const input = lines(
      { prompt: "Hi", chosen: "a", rejected: "b" },
      { messages: [...user("Who?"), ...assistant("Me.")] },
    );
    const { lines: prompts } = await read("c.jsonl", input, false);
    expect(prompts).toMatchObject([
      { prompt: user("Hi"), completion: null, finished: true },
      { prompt: user("Who?"), completion: null },
    ]);
  });

  it("names keys that are not read", async () => {
    const { notes } = await read("d.jsonl", lines({ prompt: "Hi", completion: "a", tools: ["x"], weight: 0 }));
    expect(notes.warnings(null).map(({ message }) => message)).toEqual([
      "1 record carries tools, which is not read (d.jsonl:1)",
      "1 record carries weight, which is not read (d.jsonl:1)",
    ]);
  });

  it.each([
    [
      "a doubled key",
      '{"prompt": "a", "prompt": "b", "completion": "c"}',
      /^e\.jsonl:1: the key "prompt" appears twice/,
    ],
    ["half a character", '{"prompt": "a\\ud800", "completion": "c"}', /^e\.jsonl:1: prompt: holds half of a surrogate/],
    ["NaN", '{"prompt": "a", "completion": NaN}', /^e\.jsonl:1: NaN is not valid JSON/],
    [
      "a pair",
      '{"prompt": "a", "chosen": "b", "rejected": "c"}',
      /^e\.jsonl:1: completion: it is missing; a line needs/,
    ],
    ["a bare prompt", '{"prompt": "a"}', /^e\.jsonl:1: completion: it is missing/],
    ["nothing of it", '{"id": 3}', /^e\.jsonl:1: prompt: it is missing; a line needs ids, or prompt and completion$/],
    ["a text alone", '{"text": "a"}', /^e\.jsonl:1: prompt: it is missing/],
    [
      "an answer of the user",
      '{"prompt": "a", "completion": [{"role": "user", "content": "b"}]}',
      /^e\.jsonl:1: completion/,
    ],
    ["ids that are none", '{"ids": [1, -2]}', /^e\.jsonl:1: ids\.1: /],
  ])("refuses %s by line", async (_, content, expected) => {
    await expect(read("e.jsonl", content)).rejects.toThrow(expected);
  });
});
