import { describe, expect, it } from "vitest";
import { listMethods, type RecordCounts, recommendMethod } from "./training-methods";

const none = { train: 0, validation: 0 };
const some = { train: 30, validation: 3 };
const counts = (part: Partial<RecordCounts>): RecordCounts => ({
  pairs: none,
  demonstrations: none,
  unpaired: none,
  ...part,
});

describe("the method for what was collected", () => {
  it.each([
    ["pairs", { pairs: some }, "dpo"],
    ["pairs and demonstrations", { pairs: some, demonstrations: some }, "dpo"],
    ["demonstrations alone", { demonstrations: some }, "sft"],
    ["completions judged one by one", { unpaired: some }, "kto"],
    ["nothing", {}, "dpo"],
  ] as const)("%s", (_, part, method) => {
    expect(recommendMethod(counts(part)).method).toBe(method);
  });

  it("offers what has its records and says what is missing for the others", () => {
    const methods = Object.fromEntries(
      listMethods(counts({ pairs: some })).map(({ method, reason }) => [method, reason]),
    );
    expect(methods).toMatchObject({ dpo: null, reward: null, orpo: null, simpo: null });
    expect(methods.sft).toMatch(/SFT needs at least 5 demonstrations .* there are 0/);
  });
});
