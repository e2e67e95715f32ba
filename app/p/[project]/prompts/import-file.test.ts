import { describe, expect, it } from "vitest";
import { guessFormat, pastedFile, toBase64 } from "./import-file";

const content = (text: string) => {
  const file = pastedFile(text);
  return { format: file.format, text: Buffer.from(file.contentBase64, "base64").toString("utf8") };
};

describe("pasted prompts", () => {
  it("takes plain lines as one prompt each", () => {
    expect(content("Why?\n\n  How, and when?  \r\n")).toEqual({
      format: "jsonl",
      text: '{"prompt":"Why?"}\n{"prompt":"  How, and when?  "}',
    });
    expect(content("Answer\nText").text).toBe('{"prompt":"Answer"}\n{"prompt":"Text"}');
    expect(content("[sic] is what?").text).toBe('{"prompt":"[sic] is what?"}');
  });

  it("leaves JSONL and CSV as they are, broken or not", () => {
    expect(content('{"prompt": "a"}\n{oops')).toEqual({ format: "jsonl", text: '{"prompt": "a"}\n{oops' });
    expect(content("prompt,taskType\nWhy?,science")).toEqual({ format: "csv", text: "prompt,taskType\nWhy?,science" });
    expect(content('"instruction","input"\nDo,it').format).toBe("csv");
    expect(content("chosen\trejected\ta\nx\ty\tz")).toEqual({ format: "csv", text: "chosen\trejected\ta\nx\ty\tz" });
    const array = '[\n  {"prompt": "a"}\n]';
    expect(content(array)).toEqual({ format: "jsonl", text: array });
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

it("sends every byte as it is", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
  expect(Buffer.from(toBase64(bytes), "base64").equals(bytes)).toBe(true);
});
