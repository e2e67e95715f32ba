import type { WriteStream } from "node:tty";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "@/domain/runs/run-events";
import { createProgressPrinter } from "./print-progress";
import { createProgressLine } from "./progress-line";

/** A stream that collects what is written to a terminal of 60 columns, or to a file. */
function makeStream(isTTY: boolean): { stream: WriteStream; written: () => string } {
  let text = "";
  const write = (more: string) => {
    text += more;
    return true;
  };
  return { stream: { isTTY, columns: 60, write } as unknown as WriteStream, written: () => text };
}

/** Puts a terminal back to the start of its line and clears it. */
const START = "\r\u001b[2K";

/** The text that a person sees in the end: a live line is overwritten by what comes after it. */
const seen = (text: string) => text.split("\n").map((line) => line.split(START).at(-1));

const step = (n: number): RunEvent => ({
  type: "step",
  step: n,
  totalSteps: 3,
  epoch: 1,
  metrics: { loss: 0.5 / n },
  tokens: 100,
  tokensPerSecond: 250,
  seconds: 0.4,
  etaSeconds: 61,
});
const events: RunEvent[] = [
  { type: "phase", phase: "loading", message: "Loading" },
  { type: "phase", phase: "reference", message: "Log-probs of the reference", done: 1, total: 2 },
  { type: "phase", phase: "reference", message: "Log-probs of the reference", done: 2, total: 2 },
  { type: "phase", phase: "training", message: "Training" },
  step(1),
  step(2),
  { type: "evaluation", step: 2, epoch: 1, metrics: { evalLoss: 0.25 } },
  step(3),
  { type: "notice", level: "warn", message: "Overfitting" },
  { type: "finished", step: 3, seconds: 75, output: { kind: "adapter", path: "/out/adapter" } },
];

describe("progress of a run", () => {
  it("is a line a step in a file, without any control character", () => {
    const { stream, written } = makeStream(false);
    events.forEach(createProgressPrinter(stream));
    expect(written().split("\n")).toEqual([
      "Loading",
      "Log-probs of the reference",
      "Training",
      "step 1/3: loss 0.5000, 250 tokens/s, 1 min 1 s left",
      "step 2/3: loss 0.2500, 250 tokens/s, 1 min 1 s left",
      "step 2: evalLoss 0.2500",
      "step 3/3: loss 0.1667, 250 tokens/s, 1 min 1 s left",
      "warning: Overfitting",
      "Done in 1 min 15 s: /out/adapter",
      "",
    ]);
  });

  it("is one live line on a terminal, which what stays overwrites", () => {
    const { stream, written } = makeStream(true);
    const print = createProgressPrinter(stream);
    for (const event of events.slice(0, 6)) print(event);
    expect(written()).toContain("Log-probs of the reference 50 %");
    expect(written()).toContain("Log-probs of the reference 100 %");
    // The line is never longer than the terminal is wide, because a wrapped line could not be overwritten.
    expect(seen(written()).at(-1)).toBe("step 2/3: loss 0.2500, 250 tokens/s, 1 min 1 s left");
    const pieces = written().replaceAll(START, "\n").split("\n");
    expect(pieces.filter((line) => line.length >= 60)).toEqual([]);
    for (const event of events.slice(6)) print(event);
    expect(seen(written())).toEqual([
      "Loading",
      "Training",
      "step 2: evalLoss 0.2500",
      "warning: Overfitting",
      "Done in 1 min 15 s: /out/adapter",
      "",
    ]);
  });
});

describe("a validation", () => {
  it("says its accuracy by strength in words", () => {
    const { stream, written } = makeStream(false);
    const shares = { "evalAccuracy/clearly": 0.75, "evalPairs/clearly": 4, "evalAccuracy/slightly": 0.5 };
    const metrics = { evalLoss: 0.25, evalAccuracy: 2 / 3, ...shares, "evalPairs/slightly": 2 };
    createProgressPrinter(stream)({ type: "evaluation", step: 2, epoch: 1, metrics });
    const shown = "evalLoss 0.2500, evalAccuracy 0.6667; right by strength: clearly 75 % of 4, slightly 50 % of 2";
    expect(written()).toBe(`step 2: ${shown}\n`);
  });
});

describe("progress of getting a model", () => {
  const pieces = [
    { stage: "downloading", message: "Fetching model.safetensors", bytes: 1, totalBytes: 4 },
    { stage: "downloading", message: "Fetching model.safetensors", bytes: 4, totalBytes: 4 },
    { stage: "reading", message: "Reading it, ".repeat(9) },
  ] as const;

  it("is a line a message in a file", () => {
    const { stream, written } = makeStream(false);
    const line = createProgressLine(stream);
    pieces.forEach(line.show);
    line.end();
    expect(written()).toBe(`Fetching model.safetensors\n${"Reading it, ".repeat(9)}\n`);
  });

  it("is a live line with its share on a terminal, cut to its width and gone at the end", () => {
    const { stream, written } = makeStream(true);
    const line = createProgressLine(stream);
    pieces.forEach(line.show);
    line.end();
    line.end();
    const lines = [
      "Fetching model.safetensors 25 %",
      "Fetching model.safetensors 100 %",
      pieces[2].message.slice(0, 59),
    ];
    expect(written()).toBe(["", ...lines, ""].join(START));
  });
});
