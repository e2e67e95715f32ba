import { describe, expect, it } from "vitest";
import { CHECKERS, type Constraint, checkConstraints, constraintSchema } from "./check-constraints";

type Case = [constraint: Constraint, keeps: string[], breaks: string[]];

/** For each kind, responses that keep the constraint and responses that break it. */
const cases: Case[] = [
  [
    { kind: "words", relation: "exactly", count: 3 },
    ["Don't look back", "أنا أحب القهوة"],
    ["Two words", "a b c d", "1 2 3 4"],
  ],
  [{ kind: "words", relation: "less than", count: 3 }, ["Two words"], ["Now three words"]],
  [
    { kind: "sentences", relation: "at most", count: 2 },
    ["Dr. Smith came. He left.", "来了。走了。"],
    ["A b. C d. E f.", "来了。走了。好。"],
  ],
  [
    { kind: "paragraphs", count: 2, separator: "blank line" },
    ["One\nline\n\nTwo", "A\r\n\r\n\r\nB"],
    ["One\nTwo", "A\n\nB\n\nC"],
  ],
  [{ kind: "paragraphs", count: 2, separator: "***" }, ["One\n***\nTwo"], ["One\n\nTwo", "One *** Two"]],
  [
    { kind: "paragraph-first-word", paragraphs: 2, paragraph: 2, word: "Then" },
    ["First.\n\nthen, more"],
    ["Then\n\nfirst", "A\n\nThen\n\nC", "A\n\nThenceforth"],
  ],
  [{ kind: "keywords", words: ["art", "blå bær"] }, ["Art of Blå bær!"], ["start blå bær", "art"]],
  [{ kind: "keywords", words: ["水"] }, ["我喝水了"], ["我喝茶"]],
  [{ kind: "keyword-count", word: "tea", relation: "at least", count: 2 }, ["Tea, tea."], ["Tea, steam", "teatea"]],
  [{ kind: "forbidden-words", words: ["can't"] }, ["I cannot"], ["I can’t", "CAN'T"]],
  [{ kind: "letter-count", letter: "é", relation: "exactly", count: 2 }, ["Été", "e\u0301t\u00e9"], ["ete", "été é"]],
  [{ kind: "language", language: "de" }, ["Das ist nicht der Weg."], ["This is not the way.", "Это не так", "123"]],
  [{ kind: "language", language: "ja" }, ["これは本です。"], ["这是书。", "This is ほ"]],
  [{ kind: "language", language: "uk" }, ["Він є в місті і це добре."], ["Он был в городе, и это хорошо."]],
  [{ kind: "language", language: "zh" }, ["这是一本书。"], ["これは本です。"]],
  [{ kind: "placeholders", count: 2 }, ["Dear [name], meet at [place]."], ["Dear [name]", "[] []"]],
  [{ kind: "postscript", marker: "P.S." }, ["Hello.\np.s. Bye"], ["P.S. only", "Hello. P.S. in line"]],
  [
    { kind: "options", options: ["yes", "no", "yes and no"] },
    ["Yes.", "Yes and no."],
    ["Maybe", "yes or no", "nothing"],
  ],
  [{ kind: "bullets", count: 2 }, ["* a\n- b", " • a\n • b"], ["**a**\n**b**", "* a\n* b\n* c", "1. a\n2. b"]],
  [{ kind: "sections", name: "Part", count: 2 }, ["Part 1\nx\n## part II\ny"], ["Part 1\nPartly so", "Part 1"]],
  [{ kind: "highlights", count: 2 }, ["*a* and **b c**"], ["* a\n* b", "**a**", "2 * 3 * 4"]],
  [{ kind: "title" }, ["<<Spring>>\nText"], ["<Spring>", "<<>>", "<< >>"]],
  [{ kind: "json" }, ['{"a": 1}', "```json\n[1, 2]\n```"], ["{a: 1}", "3", 'Here: {"a": 1}']],
  [{ kind: "upper-case" }, ["HELLO, ÄÖ 3!"], ["Hello", "123", "你好a"]],
  [{ kind: "lower-case" }, ["straße, привет"], ["Привет", "!"]],
  [{ kind: "capital-words", relation: "at least", count: 2 }, ["NO and ДА"], ["No WAY", "12 34", "你 好"]],
  [{ kind: "no-commas" }, ["One; two"], ["One, two", "一，二", "一、二", "واحد، اثنان"]],
  [{ kind: "starts-with", phrase: "Well now" }, ["  well now, friends"], ["Oh well now"]],
  [{ kind: "ends-with", phrase: "That is all." }, ["So. That is all.", '"That is all."'], ["That is all. Bye"]],
  [{ kind: "quotation" }, ['"All of it."', "„Alles.“", "«Tout.»"], ['"Half" of it', "None", '""']],
  [{ kind: "repeats-prompt", text: "Name a bird." }, ["Name a bird.\nA crow."], ["A crow. Name a bird."]],
  [
    { kind: "two-responses" },
    ["One.\n******\nTwo."],
    ["One.\n******\nOne.", "One.", "A ****** B ****** C", "******\nA"],
  ],
  [
    { kind: "repeats-phrase", phrase: "on and on", count: 2 },
    ["on and on, on and on"],
    ["on and on", "on and on and on"],
  ],
];

describe("checkers", () => {
  it.each(cases)("tells what keeps and what breaks %j", (constraint, keeps, breaks) => {
    expect(constraintSchema.parse(constraint)).toEqual(constraint);
    for (const text of keeps) expect(checkConstraints(text, [constraint])[0], text).toMatchObject({ strict: true });
    for (const text of breaks) {
      const [verdict] = checkConstraints(text, [constraint]);
      expect(verdict, text).toMatchObject({ strict: false });
      expect(verdict?.why).toMatch(/^\S.*\.?$/s);
    }
    expect(checkConstraints(" \n", [constraint])[0]).toMatchObject({ strict: false, loose: false });
  });

  it("are all tried, each for and against", () => {
    expect(CHECKERS.length).toBeGreaterThanOrEqual(20);
    const tried = new Set(
      cases.filter(([, keeps, breaks]) => keeps.length > 0 && breaks.length > 0).map(([c]) => c.kind),
    );
    expect([...tried].sort()).toEqual(CHECKERS.map(({ kind }) => kind).sort());
  });

  it("take no field that they don't know and no text of nothing", () => {
    expect(constraintSchema.safeParse({ kind: "title", colour: "red" }).success).toBe(false);
    expect(constraintSchema.safeParse({ kind: "keywords", words: [" "] }).success).toBe(false);
    expect(constraintSchema.safeParse({ kind: "rhyme" }).success).toBe(false);
  });

  it("need time in proportion to the text", () => {
    const long = "*[<<a, ".repeat(3_000);
    for (const [constraint] of cases) expect(checkConstraints(long, [constraint])).toHaveLength(1);
  });
});

it("is loose about the first line, the last line and asterisks, each alone and together", () => {
  const lower: Constraint = { kind: "lower-case" };
  const looseOf = (text: string, constraint: Constraint) => checkConstraints(text, [constraint])[0];
  expect(looseOf("Sure:\nall small", lower)).toMatchObject({ strict: false, loose: true });
  expect(looseOf("all small\nHope this helps", lower)).toMatchObject({ strict: false, loose: true });
  expect(looseOf("Sure:\nall small\nBye", lower)).toMatchObject({ strict: false, loose: true });
  expect(looseOf("Sure:\nStill Big\nBye", lower)).toMatchObject({ strict: false, loose: false });
  expect(looseOf("Sure:\n**Well now** it goes\nBye", { kind: "starts-with", phrase: "Well now" })).toMatchObject({
    strict: false,
    loose: true,
  });
});
