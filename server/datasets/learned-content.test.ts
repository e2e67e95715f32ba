import { describe, expect, it } from "vitest";
import { type LearnedRecord, learnedContent } from "./learned-content";

const prompt = [{ role: "user", content: "2 + 2?" }];
const answer = (content: string) => [{ role: "assistant", content }];
const pair = (chosen: string, rejected: string, more: Record<string, unknown> = {}, groupId: string | null = null) => ({
  ...{ kind: "preference", split: "train", groupId },
  content: {
    ...{ prompt, chosen: answer(chosen), rejected: answer(rejected), margin: 1, votes: { for: 1, against: 0 } },
    ...{ taskType: "general", promptId: "p", labelIds: ["l"], annotatorIds: ["a"], groupId, ...more },
  },
});
const hashOf = (...records: ReturnType<typeof pair>[]) => learnedContent(records as LearnedRecord[]).hash;
const chosenOf = (...records: ReturnType<typeof pair>[]) =>
  learnedContent(records as LearnedRecord[]).ordered.map(({ content }) => JSON.stringify(content.chosen));

describe("the hash of what is learned", () => {
  it("is independent of ids, of the order of records and keys, and of a group of one", () => {
    const [one, two, three] = [pair("4", "5"), pair("4", "6"), pair("four", "5")];
    expect(hashOf(one, two, three)).toBe(hashOf(three, one, two));
    expect(chosenOf(one, two, three)).toEqual(chosenOf(two, three, one));
    expect(hashOf(pair("4", "5", { promptId: "q", labelIds: ["m"], annotatorIds: [] }))).toBe(hashOf(one));
    expect(hashOf(pair("4", "5", {}, "alone"))).toBe(hashOf(one));
    const turned = Object.fromEntries(Object.entries(one.content).reverse());
    expect(learnedContent([{ ...one, content: turned } as LearnedRecord]).hash).toBe(hashOf(one));
    expect(hashOf(pair("4", "5", {}, "a"), pair("4", "6", {}, "a"))).toBe(
      hashOf(pair("4", "6", {}, "b"), pair("4", "5", {}, "b")),
    );
  });

  it("differs in each thing that is learned", () => {
    const different = [
      hashOf(pair("4", "5")),
      hashOf(pair("5", "4")),
      hashOf(pair("4 ", "5")),
      hashOf(pair("4", "5", { margin: 0.9 })),
      hashOf(pair("4", "5", { votes: { for: 2, against: 0 } })),
      hashOf(pair("4", "5", { chosenFinished: false })),
      hashOf(pair("4", "5", { rejectedFinished: false })),
      hashOf(pair("4", "5", { taskType: "maths" })),
      hashOf(pair("4", "5", { prompt: [{ role: "system", content: "2 + 2?" }] })),
      hashOf({ ...pair("4", "5"), split: "validation" }),
      hashOf(pair("4", "5"), pair("4", "5")),
    ];
    expect(new Set(different).size).toBe(different.length);
    const thumb = (label: boolean) =>
      ({ ...pair("4", "5"), kind: "unpaired", content: { prompt, completion: answer("4"), label } }) as LearnedRecord;
    expect(learnedContent([thumb(true)]).hash).not.toBe(learnedContent([thumb(false)]).hash);
    const [a, b, c] = [pair("4", "5", {}, "g"), pair("4", "6", {}, "g"), pair("4", "7")];
    const other = [pair("4", "5", {}, "g"), pair("4", "6"), pair("4", "7", {}, "g")] as const;
    expect(hashOf(a, b, c)).not.toBe(hashOf(...other));
  });

  it("puts the records of a group side by side", () => {
    const records = Array.from({ length: 12 }, (_, index) => pair(`${index}`, "no", {}, index % 3 === 0 ? "g" : null));
    const groups = learnedContent(records as LearnedRecord[]).ordered.map(({ groupId }) => groupId);
    expect(groups.lastIndexOf("g") - groups.indexOf("g")).toBe(3);
    expect(groups.filter((group) => group === "g")).toHaveLength(4);
  });
});
