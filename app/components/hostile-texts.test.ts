import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { plainReason } from "./text-limits";

const program = path.join(import.meta.dirname, "../testing/render-corpus.tsx");

describe("hostile texts", () => {
  it("are drawn by every component that draws texts, or shown as they are, and none takes for ever", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program], { timeout: 170_000 });
    const { texts, plain, failed } = JSON.parse(stdout) as { texts: number; plain: number; failed: string[] };
    expect(failed).toEqual([]);
    expect(texts).toBeGreaterThanOrEqual(200);
    expect(plain).toBeGreaterThan(20);
    expect(plain).toBeLessThan(texts / 2);
  }, 180_000);

  it("are told from the texts that people and models write", () => {
    const answer = [
      "# How to sort\n\nUse `sorted(items)` or **`items.sort()`**; see [the documentation](https://example.org/sort).\n",
      "1. First\n   - nested\n     - deeper\n       > a quote\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
      "```python\ndef my_long_function_name(first_value, *args, **kwargs):\n    return first_value[0]\n```\n\n----------\n",
    ].join("\n");
    for (const text of ["", answer, answer.repeat(40), `${"-".repeat(200)}\n`, `${" ".repeat(100)}a`])
      expect(plainReason(text)).toBeNull();
  });

  it("say what is wrong with them", () => {
    expect(plainReason("- ".repeat(1_500))).toBe("nests lists or quotes too deeply");
    expect(plainReason("*a ".repeat(3_000))).toMatch(/emphasis/);
    expect(plainReason("a".repeat(20_001))).toMatch(/a line of more than 20,000/);
    expect(plainReason("[".repeat(2_000))).toMatch(/brackets/);
    expect(plainReason("|a".repeat(4_000))).toMatch(/cells/);
    expect(plainReason("a\n".repeat(30_000))).toMatch(/longer than 50,000/);
  });
});
