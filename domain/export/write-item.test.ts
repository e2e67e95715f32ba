import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IntakeReader } from "../intake/intake-reader";
import type { IntakeItem, Said } from "../intake/items";
import { isProblem } from "../intake/place";
import { readRow } from "../intake/read-row";
import type { Turn } from "../intake/turns";
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS } from "./export-formats";
import { writeItem } from "./write-item";

/** Texts with what files and tools like to change: white space at the ends, line ends of all systems, other scripts. */
const margin = fc.constantFrom("", " ", "\n", "\r\n", "\r", "\t", "\u2028", "\u00a0", "\ufeff");
const core = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '"quoted"',
    "Human: hi\n\nAssistant: no",
    "[1, 2]",
    "null",
    "véʳy 🐙",
    "e\u0301",
    "a,b;c\td",
    "{}",
    "<|im_end|>",
  ),
);
const text = fc
  .tuple(margin, core, margin)
  .map((parts) => parts.join(""))
  .filter((joined) => joined.trim() !== "" && !joined.includes("\0") && !/\p{Surrogate}/u.test(joined));
const user = text.map((content): Turn => ({ role: "user", content }));
const answer = fc
  .tuple(text, fc.boolean())
  .map(([content, finished]): Turn[] => [
    { role: "assistant", content, ...(!finished && { finished: false as const }) },
  ]);
const prompt = fc
  .tuple(fc.option(text), fc.array(fc.tuple(text, text), { maxLength: 2 }), user)
  .map(([system, rounds, last]): Turn[] => [
    ...(system === null ? [] : [{ role: "system" as const, content: system }]),
    ...rounds.flatMap(([asked, said]): Turn[] => [
      { role: "user", content: asked },
      { role: "assistant", content: said },
    ]),
    last,
  ]);
const said: fc.Arbitrary<Said> = fc.oneof(
  answer.map((completion): Said => ({ kind: "demonstration", completion })),
  fc.tuple(answer, fc.boolean()).map(([completion, desirable]): Said => ({ kind: "unpaired", completion, desirable })),
  fc
    .tuple(answer, answer, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([chosen, rejected, gap]): Said => ({ kind: "comparison", chosen, rejected, margin: gap, strength: null })),
);
const item: fc.Arbitrary<IntakeItem> = fc.record({
  ...{ prompt, said, split: fc.constantFrom(null, "train" as const, "validation" as const) },
  taskType: fc.constantFrom("general", "maths & more"),
  groupId: fc.option(fc.uuid()),
  answer: fc.constant(null),
});

/** Through bytes, as a file is read. */
function readLine(row: unknown): IntakeItem[] {
  const reader = new IntakeReader({ maxLineBytes: 1e9, maxLineWords: "" }, "jsonl");
  const bytes = new TextEncoder().encode(`${JSON.stringify(row)}\n`);
  return [...reader.push(bytes), ...reader.end()].flatMap((raw) => {
    const read = isProblem(raw) ? raw : readRow(raw);
    if (!("items" in read)) throw new Error(JSON.stringify(read));
    expect(read.ignored).toEqual([]);
    return read.items;
  });
}

describe.each(EXPORT_FORMAT_NAMES)("%s", (format) => {
  it("is read back as it was written, whatever the texts hold", () => {
    let written = 0;
    fc.assert(
      fc.property(item, (given) => {
        const result = writeItem(given, format);
        const isHeld = EXPORT_FORMATS[format].holds.some((kind: string) => kind === given.said.kind);
        if ("leftOut" in result) {
          if (!isHeld) return;
          // Nothing that the format holds is left out but conversations in Alpaca, and texts that no tool would read as such.
          if (format === "alpaca" && given.prompt.filter(({ role }) => role !== "system").length > 1)
            expect(result.leftOut).toBe("with more than one question and one answer");
          // Only a bare text can be taken for something else; a message says itself what it is.
          else
            expect([format, result.leftOut]).toEqual([
              "alpaca",
              "that a reader of Alpaca would take for something else",
            ]);
          return;
        }
        expect(isHeld).toBe(true);
        written += 1;
        expect(readLine(result.row)).toEqual([given]);
      }),
      { numRuns: 800, seed: 14 },
    );
    expect(written).toBeGreaterThan(40);
  });
});

describe("what a format can't hold", () => {
  const plain: IntakeItem = {
    ...{ taskType: null, split: null, groupId: null, answer: null },
    prompt: [{ role: "user", content: "Hi" }],
    said: { kind: "demonstration", completion: [{ role: "assistant", content: "Hello" }] },
  };
  it("is left out with its reason, never bent", () => {
    expect(writeItem(plain, "trl-preference")).toEqual({ leftOut: "that are not preference pairs" });
    const list = JSON.stringify([{ role: "user", content: "a prompt inside a text" }]);
    expect(writeItem({ ...plain, prompt: [{ role: "user", content: list }] }, "alpaca")).toEqual({
      leftOut: "that a reader of Alpaca would take for something else",
    });
    const weighted: Turn[] = [{ role: "assistant", content: "Hello", learned: false }];
    const bare: IntakeItem = { ...plain, said: { kind: "demonstration", completion: weighted } };
    expect(writeItem(bare, "alpaca")).toEqual({ leftOut: "whose messages have a weight or additional keys" });
    expect(writeItem(bare, "messages")).toMatchObject({ row: { messages: [{}, { weight: 0 }] } });
    expect(writeItem(plain, "alpaca")).toEqual({ row: { instruction: "Hi", input: "", output: "Hello" } });
  });
});
