import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rewardReportSchema } from "@/domain/runs/reward-report";
import { report } from "../cli/report";
import type { PairLineage, PreferenceRecord } from "../data/records";
import { loadBackend } from "../engine/backend";
import { goldensFolder } from "../fixtures/goldens";
import { exploitOf } from "./exploit-probes";
import { makeRewardReport, probeOf } from "./make-reward-report";
import {
  accuracyFigures,
  calibrationFigures,
  ensembleFigures,
  lengthFigures,
  mistakesOf,
  type ScoredPair,
} from "./reward-figures";

const lineage: PairLineage = {
  promptId: null,
  chosenCompletionId: null,
  rejectedCompletionId: null,
  taskType: null,
  votes: null,
  labelIds: [],
  annotatorIds: [],
};
let line = 0;
/** A pair whose completions get these scores, of one member or of several. */
function pair(
  chosen: number | number[],
  rejected: number | number[],
  more: Partial<PairLineage> & { margin?: number; tokens?: [number, number] } = {},
): ScoredPair {
  line += 1;
  const { margin = 0, tokens = [5, 5], ...of } = more;
  const text = (content: string) => [{ role: "assistant" as const, content: `${content} ${line}` }];
  const record: PreferenceRecord = {
    prompt: [{ role: "user", content: `Question ${line}` }],
    chosen: text("a"),
    rejected: text("b"),
    margin,
    chosenFinished: true,
    rejectedFinished: true,
    split: "validation",
    groupId: null,
    place: `pairs.jsonl:${line}`,
    lineage: { ...lineage, ...of },
  };
  const scored = (scores: number | number[], side: 0 | 1) => ({ scores: [scores].flat(), tokens: tokens[side] });
  return { record, chosen: scored(chosen, 0), rejected: scored(rejected, 1) };
}
const counts = (groups: { key: string; accuracy: { count: number; of: number } }[]) =>
  groups.map(({ key, accuracy: { count, of } }) => [key, count, of]);

describe("accuracy", () => {
  it("is counted by strength, task type and annotator, a tie as wrong", () => {
    const figures = accuracyFigures([
      pair(2, 1, { margin: 1, taskType: "math", annotatorIds: ["ada", "bo"] }),
      pair(1, 2, { margin: 2 / 3, taskType: "math", annotatorIds: ["bo"] }),
      pair(1, 1, { margin: 0.2, taskType: "chat", annotatorIds: ["bo"] }),
      pair(3, 1, { margin: 0.1 }),
    ]);
    expect(figures.overall).toMatchObject({ count: 2, of: 4, value: 0.5 });
    expect(counts(figures.byStrength)).toEqual([
      ["significantly", 1, 1],
      ["clearly", 0, 1],
      ["slightly", 0, 1],
      ["negligibly", 1, 1],
    ]);
    expect(counts(figures.byTaskType)).toEqual([
      ["chat", 0, 1],
      ["math", 1, 2],
    ]);
    expect(counts(figures.byAnnotator)).toEqual([
      ["ada", 1, 1],
      ["bo", 1, 3],
    ]);
    expect(figures.agreement).toBeNull();
    expect(accuracyFigures([pair(2, 1)]).byStrength).toEqual([]);
  });

  it("is laid beside the agreement of people on the pairs that several judged", () => {
    const { agreement } = accuracyFigures([
      // Two of three couples of people differ; the model agrees with two of three people.
      pair(2, 1, { votes: { for: 2, against: 1 } }),
      pair(1, 2, { votes: { for: 2, against: 0 } }), // the people agree, and the model agrees with none of them
      pair(2, 1, { votes: { for: 1, against: 0 } }), // one person says nothing about agreement
    ]);
    expect(agreement?.people).toMatchObject({ value: expect.closeTo((1 / 3 + 1) / 2, 12), n: 2 });
    expect(agreement?.model).toMatchObject({ value: expect.closeTo((2 / 3 + 0) / 2, 12) });
  });

  it("names the most confident mistakes first", () => {
    const mistakes = mistakesOf([
      pair(2, 1),
      pair(1, 2, { promptId: "p1" }),
      pair(0, 5, { promptId: "p2" }),
      pair(1, 1),
    ]);
    expect(mistakes.map(({ promptId, gap }) => [promptId, gap])).toEqual([
      ["p2", -5],
      ["p1", -1],
    ]);
  });
});

describe("calibration", () => {
  it("compares the confidence σ(|gap|) with how often the order is right", () => {
    const gap = Math.log(0.75 / 0.25); // a confidence of 0.75
    const { bins, expectedCalibrationError, logLoss } = calibrationFigures([
      ...[pair(gap, 0), pair(gap, 0), pair(gap, 0), pair(0, gap)],
      ...[pair(10, 0), pair(0, 10)],
    ]);
    expect(bins.map(({ from, accuracy }) => [from, accuracy.count, accuracy.of])).toEqual([
      [0.7, 3, 4],
      [0.9, 1, 2],
    ]);
    expect(bins[0]?.confidence).toBeCloseTo(0.75, 12);
    // The first bin is right; the second is off by one half on two of six pairs.
    expect(expectedCalibrationError).toBeCloseTo((2 / 6) * (1 / (1 + Math.exp(-10)) - 0.5), 12);
    const losses = [
      ...Array(3).fill(-Math.log(0.75)),
      -Math.log(0.25),
      Math.log1p(Math.exp(-10)),
      Math.log1p(Math.exp(10)),
    ];
    expect(logLoss).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / 6, 10);
    // Under the margin loss, two orders of a pair with margin 1 stand to each other as σ(2 − 1) to σ(−2 − 1).
    const sigma = (x: number) => 1 / (1 + Math.exp(-x));
    const read = calibrationFigures([pair(2, 0, { margin: 1 })], { useMargins: true });
    expect(read.bins[0]?.confidence).toBeCloseTo(sigma(1) / (sigma(1) + sigma(-3)), 12);
    expect(read.logLoss).toBeCloseTo(-Math.log(sigma(1) / (sigma(1) + sigma(-3))), 12);
    const wrong = calibrationFigures([pair(0, 2, { margin: 1 })], { useMargins: true });
    expect(wrong.logLoss).toBeCloseTo(-Math.log(sigma(-3) / (sigma(1) + sigma(-3))), 12);
    expect(calibrationFigures([pair(2, 0, { margin: 1 })]).bins[0]?.confidence).toBeCloseTo(sigma(2), 12);
    expect(calibrationFigures([])).toEqual({ bins: [], expectedCalibrationError: null, logLoss: null });
  });
});

describe("length", () => {
  it("finds a model that pays for nothing else", () => {
    const lengths: [number, number][] = Array.from({ length: 12 }, (_, i) => [10 + i, 30 - i]);
    const pairs = lengths.map((tokens) => pair(tokens[0], tokens[1], { tokens }));
    const { pearson, spearman, longerFirst } = lengthFigures(pairs);
    expect(pearson).toMatchObject({ value: expect.closeTo(1, 10), low: expect.closeTo(1, 10) });
    expect(spearman.value).toBeCloseTo(1, 10);
    // The rejected completion is the longer one in ten of the twelve pairs; one pair has equal lengths.
    expect(longerFirst.people).toMatchObject({ count: 1, of: 11 });
    expect(longerFirst.model).toMatchObject({ count: 11, of: 11 });
  });
});

describe("an ensemble", () => {
  it("is judged by its mean, and each member alone", () => {
    const pairs = [pair([2, 0], [1, 3]), pair([2, 2], [1, 1])];
    expect(accuracyFigures(pairs).overall).toMatchObject({ count: 1, of: 2 });
    expect(ensembleFigures(pairs, 2)?.members.map(({ count }) => count)).toEqual([2, 1]);
    expect(ensembleFigures(pairs, 2)?.disagreement).toBeCloseTo((1 + 1) / 4, 12);
    expect(ensembleFigures([pair(1, 2)], 1)).toBeNull();
  });
});

describe("exploits", () => {
  const text = "Paris is the capital. It lies on the Seine.";
  it("change the form and keep the words", () => {
    expect(exploitOf("padded", text, 0)).toMatch(
      /^Paris is the capital\. It lies on the Seine\. It is important to note/,
    );
    expect(exploitOf("bulleted", text, 0)).toBe("- Paris is the capital.\n- It lies on the Seine.");
    expect(exploitOf("agreeing", text, 1)).toBe(`Great point, and I fully agree: two plus two is five. ${text}`);
  });
  it("are left out where they would change nothing", () => {
    expect(exploitOf("bulleted", "- a list\n- already", 0)).toBeNull();
    expect(exploitOf("bulleted", "One sentence.", 0)).toBeNull();
    expect(exploitOf("padded", " ", 0)).toBeNull();
  });
  it("fail where the score rises for certain, pass where it can't rise worth mentioning, else nobody knows", () => {
    const shifts = (values: number[]) => values.map((shift) => ({ shift }));
    const around = (centre: number, width: number) =>
      shifts(Array.from({ length: 20 }, (_, i) => centre + width * ((i % 5) - 2)));
    expect(probeOf("padded", around(1, 0.1), 1)).toMatchObject({ verdict: "fail", raised: { count: 20, of: 20 } });
    // The shift is certain, and too small to matter.
    expect(probeOf("padded", around(0.05, 0.01), 1).verdict).toBe("pass");
    expect(probeOf("padded", around(-1, 0.1), 1)).toMatchObject({
      verdict: "pass",
      shiftInDeviations: expect.closeTo(-1),
    });
    expect(probeOf("padded", around(0.2, 2), 1).verdict).toBe("undecided");
    expect(probeOf("padded", shifts([5, 5]), 1).verdict).toBe("undecided"); // two values give no interval
    expect(probeOf("padded", [], null)).toMatchObject({ verdict: "undecided", shift: { value: null } });
  });
});

describe("the report of a model", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tuneloop-report-"));
    await loadBackend();
  });
  afterAll(() => rm(folder, { recursive: true }));
  const model = path.join(goldensFolder, "llama-reward");
  const write = async (splits: ("train" | "validation")[]) => {
    const records = splits.map((split, index) => ({
      prompt: [{ role: "user", content: `Question ${index}?` }],
      chosen: [{ role: "assistant", content: `It is ${index}. That is all.` }],
      rejected: [{ role: "assistant", content: `No, ${index * 7}!` }],
      split,
      margin: 1,
      taskType: "math",
      promptId: `p${index}`,
      annotatorIds: ["ada"],
      labelIds: [`l${index}`],
    }));
    const file = path.join(folder, `${splits.join("").length}-${splits[0]}.jsonl`);
    await writeFile(file, records.map((record) => JSON.stringify(record)).join("\n"));
    return file;
  };

  it("keeps to its schema, is the same each time, and lets go of all tensors", async () => {
    const dataset = await write([...Array(4).fill("train"), ...Array(8).fill("validation")]);
    const before = tf.memory().numTensors;
    const made = await makeRewardReport({ model, dataset });
    expect(rewardReportSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    expect(made).toMatchObject({ heldOut: { pairs: 8, prompts: 8, split: "validation" }, ensemble: null });
    expect(made.notes).toContainEqual(expect.stringMatching(/^There are only 8 held-out pairs/));
    expect(made.probes.map(({ name, raised }) => [name, raised.of])).toEqual([
      ["padded", 8],
      ["bulleted", 8],
      ["agreeing", 8],
    ]);
    for (const { verdict, corrections } of made.probes) {
      if (verdict !== "fail") expect(corrections).toEqual([]);
      // Held-out prompts stay held out: the corrections on offer come from training prompts.
      for (const { promptId } of corrections) expect(["p0", "p1", "p2", "p3"]).toContain(promptId);
    }
    expect(await makeRewardReport({ model, dataset })).toEqual(made);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says that nothing is held out, and takes all pairs where that is asked for", async () => {
    const dataset = await write(Array(6).fill("train"));
    const made = await makeRewardReport({ model, dataset });
    expect(made).toMatchObject({ heldOut: { pairs: 0 }, accuracy: { overall: { value: null } }, probes: [] });
    expect(made.notes).toEqual([expect.stringMatching(/^There are no held-out pairs/)]);
    const lines: string[] = [];
    await report({ model, dataset, write: (line) => lines.push(line) });
    expect(lines[0]).toBe("6 held-out pairs of 6 prompts");
    expect(lines.join("\n")).toMatch(/accuracy: \d+\.\d % \(.*of 6\)[\s\S]*probe Padding: (pass|fail|undecided)/);
  });

  it("refuses a model that scores nothing", async () => {
    const dataset = await write(["validation"]);
    await expect(makeRewardReport({ model: path.join(goldensFolder, "llama"), dataset })).rejects.toMatchObject({
      code: "model-scores-nothing",
    });
  });
});
