import { describe, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import { lengthStatistics, lengthWarnings, tooLongWarnings } from "./length-statistics";
import { findOddities, refuseBroken } from "./preflight";
import { LeftOutCounter, type Sequence } from "./tokenize-dataset";

const START = 1;
const END = 2;
const borders = { startTokenId: START, endTokenIds: new Set([END]), controlTexts: ["<s>", "</s>"] };

type Example = { place: string; sequences: Sequence[] };
const sequencesOf = ({ sequences }: Example) => sequences;
const sequence = (promptIds: number[], completionIds: number[]): Sequence => ({ promptIds, completionIds });
const pair = (place: string, chosen: number[], rejected: number[], promptIds = [START, 5]): Example => ({
  place,
  sequences: [sequence(promptIds, chosen), sequence(promptIds, rejected)],
});
const fine = (place: string, first = 7) => pair(place, [first, END], [first + 1, END]);
const user = (content: string) => [{ role: "user" as const, content }];
const reasons = (oddities: { reason: string; lines: string[] }[]) =>
  Object.fromEntries(oddities.map(({ reason, lines }) => [reason, lines]));

describe("refuseBroken", () => {
  it("counts a start token that stands twice and a row without a token to learn, and keeps the rest", () => {
    const leftOut = new LeftOutCounter();
    const examples = [
      fine("a:1"),
      pair("a:2", [7, END], [8, END], [START, START, 5]),
      { place: "a:3", sequences: [sequence([START], [START, 9])] },
      pair("a:4", [7, END], []),
    ];
    expect(refuseBroken(examples, sequencesOf, borders, leftOut).map(({ place }) => place)).toEqual(["a:1"]);
    expect(reasons(leftOut.list())).toEqual({ doubledStart: ["a:2", "a:3"], nothingToLearn: ["a:4"] });
  });
  it("knows no doubled start without a start token", () => {
    const doubled = pair("a:1", [7], [8], [START, START, 5]);
    const kept = refuseBroken([doubled], sequencesOf, { ...borders, startTokenId: null }, new LeftOutCounter());
    expect(kept).toEqual([doubled]);
  });
});

describe("findOddities", () => {
  const find = (input: Partial<Parameters<typeof findOddities<Example>>[0]>) =>
    reasons(
      findOddities(
        { train: [], validation: [], records: { train: [], validation: [] }, sequencesOf, ...input },
        borders,
      ),
    );

  it("finds completions that never end, also where the template writes something after the end", () => {
    const train = [fine("a:1", 10), pair("a:2", [7, END, 4], [8, END, 4]), pair("a:3", [9, END], [11, 12])];
    expect(find({ train })).toEqual({ missingEndOfTurn: ["a:3"] });
  });
  it("counts completions that were cut by side, and misses no end of turn behind them", () => {
    const train = [fine("a:1", 10), pair("a:2", [7], [8, END]), pair("a:3", [9, END], [11]), pair("a:4", [12], [13])];
    const cut = (place: string, side: 0 | 1) => {
      const example = train.find((one) => one.place === place) as Example;
      example.sequences[side] = { ...(example.sequences[side] as Sequence), isCut: true };
    };
    cut("a:2", 0);
    cut("a:3", 1);
    cut("a:4", 0); // the pair's other side lacks its end without having been cut
    expect(find({ train })).toEqual({
      cutChosen: ["a:2", "a:4"],
      cutRejected: ["a:3"],
      missingEndOfTurn: ["a:4"],
    });
    const single = { place: "b:1", sequences: [{ ...sequence([START], [5]), isCut: true as const }] };
    expect(find({ validation: [single] })).toEqual({ cutCompletion: ["b:1"] });
  });
  it("finds prompts of both splits however they are written, unless the record is left out", () => {
    const records = {
      train: [
        { place: "a:1", prompt: user("What is  this?") },
        { place: "a:2", prompt: user("Left out") },
      ],
      validation: [
        { place: "b:1", prompt: user("what is this?") },
        { place: "b:2", prompt: user("Left out") },
      ],
    };
    const found = find({ train: [fine("a:1")], validation: [fine("b:1", 20), fine("b:2", 30)], records });
    expect(found).toEqual({ promptInBothSplits: ["b:1"] });
  });
  it("finds texts that were rendered before", () => {
    const records = { train: [{ place: "a:1", prompt: user("Hi"), chosen: user("Hello</s>") }], validation: [] };
    expect(find({ train: [fine("a:1")], records })).toEqual({ controlTokensInText: ["a:1"] });
  });
  it("finds pairs that contradict or repeat another", () => {
    const train = [pair("a:1", [7, END], [8, END]), pair("a:2", [8, END], [7, END]), pair("a:3", [7, END], [8, END])];
    expect(find({ train })).toMatchObject({ contradictoryPair: ["a:2", "a:3"], repeatedRecord: ["a:3"] });
  });
  it("finds completions that are desirable in one record and undesirable in another", () => {
    const single = (place: string) => ({ place, sequences: [sequence([START, 5], [7, END])] });
    const train = [single("good:1"), single("good:2"), single("bad:3")];
    const found = find({ train, verdictOf: ({ place }) => place.startsWith("good") });
    expect(found).toEqual({ repeatedRecord: ["good:2"], contradictoryRating: ["bad:3"] });
  });
});

describe("records that are too long", () => {
  const ledger = (count: number) => ({
    records: 50,
    leftOut: [{ reason: "tooLong", message: "", count, lines: [] }],
  });
  it("are spoken of from a tenth of all on", () => {
    expect(tooLongWarnings(ledger(4), 512)).toEqual([]);
    expect(tooLongWarnings(ledger(5), 512)).toEqual([
      { field: "manyTooLong", message: expect.stringMatching(/^5 of 50 records \(10 %\) are longer than 512 tokens/) },
    ]);
  });
});

describe("lengths of chosen and rejected", () => {
  const dpo = checkRunConfig({ method: "dpo", dataset: "x" });
  it("are summed up, pairs of equal length aside", () => {
    expect(
      lengthStatistics([
        [10, 4],
        [6, 6],
        [20, 30],
      ]),
    ).toMatchObject({
      chosen: { mean: 12, median: 10 },
      rejected: { mean: 40 / 3, median: 6 },
      chosenLonger: { count: 1, of: 2 },
    });
  });
  it("warn where chosen is longer on the whole and more often than by chance", () => {
    const longer = lengthStatistics(Array.from({ length: 20 }, (): [number, number] => [90, 40]));
    expect(lengthWarnings(dpo, longer)).toEqual([
      {
        field: "chosenIsLonger",
        message: expect.stringMatching(/90 against 40 tokens on average, longer in 100 % of pairs.*sigmoid_norm/),
      },
    ]);
    expect(lengthWarnings({ ...dpo, loss: "sigmoid_norm" } as typeof dpo, longer)[0]?.message).not.toMatch(
      /sigmoid_norm/,
    );
    const alike = lengthStatistics(Array.from({ length: 20 }, (): [number, number] => [44, 40]));
    const few = lengthStatistics([
      [90, 40],
      [80, 40],
    ]);
    expect([lengthWarnings(dpo, alike), lengthWarnings(dpo, few)]).toEqual([[], []]);
  });
  it("warn in the other direction by the same bounds", () => {
    const shorter = lengthStatistics(Array.from({ length: 60 }, (): [number, number] => [9, 53]));
    expect(lengthWarnings(dpo, shorter)).toEqual([
      {
        field: "chosenIsShorter",
        message: expect.stringMatching(
          /much shorter .* \(9 against 53 tokens on average, shorter in 100 % of pairs\).* brief rather than good\. Summed log-probs favour shorter completions\..*sigmoid_norm/,
        ),
      },
    ]);
    const orpo = checkRunConfig({ method: "orpo", dataset: "x" });
    expect(lengthWarnings(orpo, shorter)[0]?.message).not.toMatch(/Summed|sigmoid_norm/);
    const alike = lengthStatistics(Array.from({ length: 20 }, (): [number, number] => [40, 44]));
    const few = lengthStatistics([
      [40, 90],
      [40, 80],
    ]);
    const even = lengthStatistics([
      ...Array.from({ length: 20 }, (): [number, number] => [9, 100]),
      ...Array.from({ length: 20 }, (): [number, number] => [60, 59]),
    ]);
    expect([alike, few, even].map((lengths) => lengthWarnings(dpo, lengths))).toEqual([[], [], []]);
  });
});
