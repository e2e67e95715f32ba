import { describe, expect, it } from "vitest";
import { guessFormat, pastedFile } from "./import-file";

const content = async (text: string) => {
  const file = pastedFile(text);
  return { format: file.hint, text: await file.content.text() };
};

describe("pasted prompts", () => {
  it("takes plain lines as one prompt each", async () => {
    expect(await content("Why?\n\n  How, and when?  \r\n")).toEqual({
      format: "jsonl",
      text: '{"prompt":"Why?"}\n{"prompt":"  How, and when?  "}',
    });
    expect((await content("Answer\nText")).text).toBe('{"prompt":"Answer"}\n{"prompt":"Text"}');
    expect((await content("[sic] is what?")).text).toBe('{"prompt":"[sic] is what?"}');
  });

  it("leaves JSONL and CSV as they are, broken or not", async () => {
    expect(await content('{"prompt": "a"}\n{oops')).toEqual({ format: "jsonl", text: '{"prompt": "a"}\n{oops' });
    expect(await content("prompt,taskType\nWhy?,science")).toEqual({
      format: "csv",
      text: "prompt,taskType\nWhy?,science",
    });
    expect((await content('"instruction","input"\nDo,it')).format).toBe("csv");
    expect(await content("chosen\trejected\ta\nx\ty\tz")).toEqual({
      format: "csv",
      text: "chosen\trejected\ta\nx\ty\tz",
    });
    const array = '[\n  {"prompt": "a"}\n]';
    expect(await content(array)).toEqual({ format: "jsonl", text: array });
  });
});

it("guesses the format by the ending, then by the text", () => {
  expect([
    guessFormat("a.CSV", "{"),
    guessFormat("a.ndjson", "x"),
    guessFormat("a.txt", ' {"a"'),
    guessFormat("a", "p,t"),
  ]).toEqual(["csv", "jsonl", "jsonl", "csv"]);
});
