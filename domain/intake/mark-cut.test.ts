import { describe, expect, it } from "vitest";
import type { Said } from "./items";
import { readRow } from "./read-row";
import { isFinished } from "./turns";

const read = (fields: Record<string, unknown>) => readRow({ place: { line: 1 }, fields });
function saidOf(fields: Record<string, unknown>): Said {
  const row = read(fields);
  if (!("items" in row) || !row.items[0]) throw new Error(JSON.stringify(row));
  expect(row.ignored).toEqual([]);
  return row.items[0].said;
}

describe("a completion that was cut at the token limit", () => {
  it.each([
    ["an answer", { prompt: "Hi", completion: "Hel" }],
    [
      "a conversation",
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hel" },
        ],
      },
    ],
    ["an instruction", { instruction: "Hi", output: "Hel" }],
    ["a thumb", { prompt: "Hi", completion: "Hel", label: false }],
    ["a rated answer", { prompt: "Hi", completion: "Hel", rating: 4 }],
  ])("is marked where %s says so, by a word of a table as well", (_, fields) => {
    const isMarked = (more: object) => {
      const said = saidOf({ ...fields, ...more });
      if (said.kind === "demonstration" || said.kind === "unpaired") return !isFinished(said.completion);
      if (said.kind === "rating") return !isFinished(said.completions[0]?.turns ?? []);
      throw new Error(said.kind);
    };
    for (const value of [false, "false", "False"]) expect(isMarked({ finished: value })).toBe(true);
    for (const value of [true, "true", "", null, undefined]) expect(isMarked({ finished: value })).toBe(false);
  });

  it("is marked by side in a pair, also in one of whole conversations", () => {
    const conversation = (content: string) => [
      { role: "user", content: "Hi" },
      { role: "assistant", content },
    ];
    for (const pair of [
      { prompt: "Hi", chosen: "Hel", rejected: "No." },
      { chosen: conversation("Hel"), rejected: conversation("No.") },
    ]) {
      const sides = (more: object) => {
        const said = saidOf({ ...pair, ...more });
        if (said.kind !== "comparison") throw new Error(said.kind);
        return [isFinished(said.chosen), isFinished(said.rejected)];
      };
      expect(sides({})).toEqual([true, true]);
      expect(sides({ chosenFinished: false })).toEqual([false, true]);
      expect(sides({ rejectedFinished: false })).toEqual([true, false]);
      expect(sides({ chosenFinished: false, rejectedFinished: "false" })).toEqual([false, false]);
    }
  });

  it("is not guessed from another word, nor from a mark that could be of either side", () => {
    expect(read({ prompt: "Hi", completion: "Hel", finished: "length" })).toMatchObject({
      field: "finished",
      message: 'is "length"; it must be true, or false for a completion that was cut',
    });
    expect(read({ prompt: "Hi", chosen: "Hel", rejected: "No.", finished: false })).toMatchObject({
      field: "finished",
    });
  });

  it("is named as not read where a mark is of nothing that the row has", () => {
    expect(read({ prompt: "Hi", finished: false })).toMatchObject({ ignored: ["finished"] });
    expect(read({ prompt: "Hi", completion: "Hel", chosenFinished: false })).toMatchObject({
      ignored: ["chosenFinished"],
    });
  });
});
