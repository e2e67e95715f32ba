import { describe, expect, it } from "vitest";
import { Spool } from "../storage/spool";
import { learnedContent } from "../testing/all-records";
import { withTestDatabase } from "../testing/test-database";
import type { LearnedRecord } from "./learned-content";

withTestDatabase();

const prompt = [{ role: "user", content: "2 + 2?" }];
const answer = (content: string) => [{ role: "assistant", content }];
const pair = (chosen: string, rejected: string, more: Record<string, unknown> = {}, groupId: string | null = null) => ({
  ...{ kind: "preference", split: "train", groupId },
  content: {
    ...{ prompt, chosen: answer(chosen), rejected: answer(rejected), margin: 1, votes: { for: 1, against: 0 } },
    ...{ taskType: "general", promptId: "p", labelIds: ["l"], annotatorIds: ["a"], groupId, ...more },
  },
});
const hashOf = async (...records: ReturnType<typeof pair>[]) => (await learnedContent(records as LearnedRecord[])).hash;
const chosenOf = async (...records: ReturnType<typeof pair>[]) =>
  (await learnedContent(records as LearnedRecord[])).ordered.map(({ line }) => JSON.parse(line).chosen[0].content);

describe("the hash of what is learned", () => {
  it("is independent of ids, of the order of records and keys, and of a group of one", async () => {
    const [one, two, three] = [pair("4", "5"), pair("4", "6"), pair("four", "5")];
    expect(await hashOf(one, two, three)).toBe(await hashOf(three, one, two));
    expect(await chosenOf(one, two, three)).toEqual(await chosenOf(two, three, one));
    expect(await hashOf(pair("4", "5", { promptId: "q", labelIds: ["m"], annotatorIds: [] }))).toBe(await hashOf(one));
    expect(await hashOf(pair("4", "5", {}, "alone"))).toBe(await hashOf(one));
    const turned = Object.fromEntries(Object.entries(one.content).reverse());
    expect((await learnedContent([{ ...one, content: turned } as LearnedRecord])).hash).toBe(await hashOf(one));
    expect(await hashOf(pair("4", "5", {}, "a"), pair("4", "6", {}, "a"))).toBe(
      await hashOf(pair("4", "6", {}, "b"), pair("4", "5", {}, "b")),
    );
  });

  it("differs in each thing that is learned", async () => {
    const different = await Promise.all([
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
    ]);
    expect(new Set(different).size).toBe(different.length);
    const thumb = (label: boolean) =>
      ({ ...pair("4", "5"), kind: "unpaired", content: { prompt, completion: answer("4"), label } }) as LearnedRecord;
    expect((await learnedContent([thumb(true)])).hash).not.toBe((await learnedContent([thumb(false)])).hash);
    const [a, b, c] = [pair("4", "5", {}, "g"), pair("4", "6", {}, "g"), pair("4", "7")];
    const other = [pair("4", "5", {}, "g"), pair("4", "6"), pair("4", "7", {}, "g")] as const;
    expect(await hashOf(a, b, c)).not.toBe(await hashOf(...other));
  });

  it("puts the records of a group side by side", async () => {
    const records = Array.from({ length: 12 }, (_, index) => pair(`${index}`, "no", {}, index % 3 === 0 ? "g" : null));
    const groups = (await learnedContent(records as LearnedRecord[])).ordered.map(({ groupId }) => groupId);
    expect(groups.lastIndexOf("g") - groups.indexOf("g")).toBe(3);
    expect(groups.filter((group) => group === "g")).toHaveLength(4);
  });

  it.each([
    ["in memory", undefined],
    ["on the disk", 100],
  ])("stays what it was for the records of earlier versions, put aside %s", async (_, mostInMemory) => {
    const records = Array.from({ length: 40 }, (_, index) => ({
      ...pair(`${index}`, "no", {}, index % 3 === 0 ? `g${index % 4}` : null),
      split: index % 5 === 0 ? "validation" : "train",
    }));
    const spool = new Spool(mostInMemory);
    const { hash, ordered } = await learnedContent(records as LearnedRecord[], spool);
    expect(hash).toBe("aa9016417d8066ca6e6a77d0c1d67e7de87c5e446687d57850607629d2c21a96");
    const order =
      "13 23 36 12 24 18 6 31 38 11 16 3 39 27 26 7 4 34 14 8 1 37 21 33 9 22 19 17 2 32 28 29 30 20 25 5 15 0 10 35";
    expect(ordered.map(({ line }) => JSON.parse(line).chosen[0].content).join(" ")).toBe(order);
    await spool.remove();
  });
});
