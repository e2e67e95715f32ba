import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { trainRun, writeRecords } from "../fixtures/train-run";
import { strengthFigures } from "./strength-figures";

describe("strengthFigures", () => {
  it("counts each pair under the strength that its margin is nearest to", () => {
    const pair = (margin: number, isRight: boolean) => ({ margin, isRight });
    const pairs = [pair(1, true), pair(2 / 3, true), pair(0.7, false), pair(1 / 3, false), pair(5, true)];
    expect(strengthFigures(pairs)).toEqual({
      "evalAccuracy/significantly": 1,
      "evalPairs/significantly": 2,
      "evalAccuracy/clearly": 0.5,
      "evalPairs/clearly": 2,
      "evalAccuracy/slightly": 0,
      "evalPairs/slightly": 1,
    });
  });
});

describe("validation rows of a reward run", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tuneloop-strengths-"));
    await loadBackend();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const validations = async (name: string, margins: (number | undefined)[]) => {
    const dataset = await writeRecords(
      path.join(folder, `${name}.jsonl`),
      margins.map((margin, index) => ({
        prompt: [{ role: "user", content: `Question ${index}?` }],
        chosen: [{ role: "assistant", content: "Yes, of course." }],
        rejected: [{ role: "assistant", content: "No." }],
        ...(margin === undefined ? {} : { margin }),
        split: index < 2 ? "train" : "validation",
      })),
    );
    const outputDir = path.join(folder, name);
    await trainRun(outputDir, { method: "reward", dataset, maxSteps: 2, evaluateEvery: 1, lora: { rank: 2 } });
    const rows = (await readFile(path.join(outputDir, "metrics.jsonl"), "utf8")).trim().split("\n");
    return rows.map((row) => JSON.parse(row) as Record<string, number>).filter((row) => "evalLoss" in row);
  };

  it("tell strengths apart, and their parts make the whole", async () => {
    const rows = await validations("strengths", [1, 1, 1, 1, 1 / 3]);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatchObject({ "evalPairs/significantly": 2, "evalPairs/slightly": 1 });
      const right = 2 * (row["evalAccuracy/significantly"] ?? 0) + (row["evalAccuracy/slightly"] ?? 0);
      expect(right / 3).toBeCloseTo(row.evalAccuracy ?? Number.NaN, 6);
    }
  });

  it("say nothing of strengths where no label carries one", async () => {
    const [row] = await validations("none", [undefined, undefined, 0, 0]);
    expect(Object.keys(row ?? {}).filter((name) => name.includes("/"))).toEqual([]);
  });
});
