import { z } from "zod";
import { field } from "../field-meaning";
import { defineRecordMethod } from "./record-method";

/** The tokens that SFT learns to write. */
export const LOSS_ON = ["completion", "assistantTurns", "everything"] as const;
export type LossOn = (typeof LOSS_ON)[number];

const fields = {
  lossOn: field(z.enum(LOSS_ON).optional(), {
    title: "Learn",
    meaning:
      "completion: the last answer. assistantTurns: every answer of a conversation. everything: the prompt's text too.",
    group: "method",
  }),
  completionOnlyLoss: field(z.boolean().default(true), {
    title: "Learn the completion only",
    meaning: 'The older spelling of "lossOn": on is completion, off is everything.',
    group: "method",
  }),
  packing: field(z.boolean().default(false), {
    title: "Packing",
    meaning:
      "Lays several short examples in one row, none of which sees another. The result is the same; short examples train faster.",
    group: "run",
  }),
  packingLength: field(z.int().min(8).default(512), {
    title: "Packed row",
    meaning: "Tokens that a row is filled up to. A longer example has a row of its own; a micro-batch counts rows.",
    group: "run",
    unit: "tokens",
  }),
};

/** Supervised fine-tuning; its loss is in `trainer/losses/sft.ts`. */
export const sft = defineRecordMethod(z.literal("sft"), fields, {
  words: {
    name: "SFT",
    title: "SFT, imitation",
    subject: "SFT",
    suits: "Learns to write as the demonstrations do. Where those are good and the task is clear, start here.",
  },
  learnsFrom: "demonstration",
  makes: "policy",
  shows: ["records", "text"],
  learningRate: {
    full: 2e-5,
    adapterFactor: 10,
    range: [1e-5, 5e-5],
    source: "the post-training guide's range for this method",
  },
  ownDefaults: {
    leftOpen: ["lossOn"],
    fill: ({ lossOn, completionOnlyLoss }) => ({
      values: { lossOn: lossOn ?? (completionOnlyLoss ? "completion" : "everything") },
      reasons: [],
    }),
  },
  findIssues({ lossOn = "everything", completionOnlyLoss }) {
    if (completionOnlyLoss || lossOn === "everything") return [];
    const message = `false means lossOn "everything", not "${lossOn}"; leave one of them out`;
    return [{ path: ["completionOnlyLoss"], message }];
  },
});
