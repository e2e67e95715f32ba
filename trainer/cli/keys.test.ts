import { describe, expect, it } from "vitest";
import { METHODS, methodOf } from "@/domain/runs/methods";
import { keysOf } from "./keys";

describe("keys", () => {
  it.each(METHODS)("of %s are all but the method, each with a meaning", (method) => {
    const keys = keysOf(method);
    const outer = keys.filter(({ key }) => !key.includes(".")).map(({ key }) => key);
    expect(["method", ...outer].sort()).toEqual(Object.keys(methodOf(method).schema.shape).sort());
    for (const { meaning, values } of keys) expect([meaning, values].every((text) => text.length > 3)).toBe(true);
    expect(keys.map(({ key }) => key)).toContain("lora.rank");
  });

  it("say what a key can be, its default and its usual range", () => {
    const keys = new Map(keysOf("dpo").map((one) => [one.key, one]));
    expect(keys.get("lora.dropout")).toMatchObject({ default: 0, usual: { max: 0.1 } });
    // The default of β depends on the loss, so it is given in words.
    const meaning = expect.stringMatching(/If omitted: 0\.1; with loss ipo 1, with sigmoid_norm 5\.$/);
    expect(keys.get("beta")).toMatchObject({ values: "number, above 0", default: null, meaning, usual: { min: 0.1 } });
    expect(keys.get("lrScheduler")).toMatchObject({ values: '"constant" | "linear" | "cosine"', default: "linear" });
    expect(keys.get("epochs")).toMatchObject({ default: null });
  });
});
