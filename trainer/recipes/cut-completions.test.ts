import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { trainRun, writeRecords } from "../fixtures/train-run";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-cut-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const subjects = ["cats", "dogs", "the sea", "trains"];
const prompts = subjects.map((subject) => [user(`Write about ${subject}.`)]);
const answers = subjects.map((subject) => [assistant(`I know ${subject}.`)]);

/** Number of tokens that the golden model's template writes behind an answer: its end of turn and a line break. */
const END = 2;

type Marks = readonly [index: number, mark: object][];
const marked = (records: object[], marks: Marks) =>
  records.map((record, index) => Object.assign({}, record, ...marks.filter(([at]) => at === index).map(([, m]) => m)));

/**
 * Takes one step over all records, and gives the entries of the run's ledger, its warnings, and how many tokens the
 * step read.
 */
async function trainOnce(name: string, changes: object, records: object[]) {
  const dataset = await writeRecords(path.join(folder, `${name}.jsonl`), records);
  const outputDir = await mkdtemp(path.join(folder, "run-"));
  const { events, steps } = await trainRun(outputDir, { ...changes, dataset, maxSteps: 1 });
  const resolved = events.find((event) => event.type === "resolved");
  const step = events.find((event) => event.type === "step");
  if (resolved?.type !== "resolved" || step?.type !== "step") throw new Error("the run took no step");
  // The loss of DPO and KTO starts at a value that does not depend on the texts; their log-probabilities do.
  const figure = steps[0]?.["logps/chosen"] ?? steps[0]?.loss;
  return { odd: resolved.ledger.odd, warnings: resolved.warnings, tokens: step.tokens, figure };
}

const demonstrations = prompts.map((prompt, i) => ({ prompt, completion: answers[i] }));
const conversations = prompts.map((prompt, i) => ({
  messages: [...prompt, assistant("Gladly."), user("Then do."), ...(answers[i] ?? [])],
}));
const pairs = prompts.map((prompt, i) => ({ prompt, chosen: answers[i], rejected: [assistant("I can't say.")] }));
const rated = prompts.map((prompt, i) => ({ prompt, completion: answers[i], label: i % 2 === 0 }));

describe("completions that were cut at the token limit", () => {
  it.each([
    ["sft", { method: "sft" }, demonstrations],
    ["sft of all turns", { method: "sft", lossOn: "assistantTurns" }, conversations],
    ["sft of everything", { method: "sft", lossOn: "everything" }, conversations],
    ["kto", { method: "kto" }, rated],
  ])("are learned by %s without an end of turn, and counted", async (name, changes, records) => {
    const whole = await trainOnce(`${name}-whole`, changes, records);
    const marks: Marks = [
      [2, { finished: false }],
      [1, { finished: true }],
    ];
    const cut = await trainOnce(`${name}-cut`, changes, marked(records, marks));
    expect(whole.odd).toEqual([]);
    expect(cut.odd).toMatchObject([{ reason: "cutCompletion", count: 1, lines: [`${name}-cut.jsonl:3`] }]);
    expect(cut.warnings).toContainEqual({
      field: "cutCompletion",
      message: expect.stringMatching(/^1 record whose completion was cut at the token limit: /),
    });
    expect(cut.tokens).toBe(whole.tokens - END);
    expect(cut.figure).not.toBe(whole.figure);
  });

  it.each([
    ["dpo", { method: "dpo" }],
    ["ipo", { method: "dpo", loss: "ipo" }],
    ["orpo", { method: "orpo" }],
    ["simpo", { method: "simpo" }],
    ["reward", { method: "reward" }],
  ])(
    "are learned by %s without an end of turn on the side that was cut, and counted by side",
    async (name, changes) => {
      const whole = await trainOnce(`${name}-whole`, changes, pairs);
      const marks: Marks = [
        [0, { chosenFinished: false }],
        [2, { chosenFinished: false, rejectedFinished: false }],
      ];
      const cut = await trainOnce(`${name}-cut`, changes, marked(pairs, marks));
      expect(whole.odd).toEqual([]);
      expect(cut.odd).toMatchObject([
        { reason: "cutChosen", count: 2, lines: [`${name}-cut.jsonl:1`, `${name}-cut.jsonl:3`] },
        { reason: "cutRejected", count: 1, lines: [`${name}-cut.jsonl:3`] },
      ]);
      expect(cut.warnings).toContainEqual({
        field: "cutChosen",
        message: expect.stringMatching(/^2 pairs whose chosen completion was cut at the token limit: /),
      });
      expect(cut.tokens).toBe(whole.tokens - 3 * END);
      // A new reward head scores all completions alike.
      if (name !== "reward") expect(cut.figure).not.toBe(whole.figure);
    },
  );
});
