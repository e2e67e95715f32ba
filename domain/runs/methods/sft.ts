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
      "The tokens that are learned. completion: the last answer. assistantTurns: every answer of a conversation. everything: the prompt as well.",
    group: "method",
  }),
  completionOnlyLoss: field(z.boolean().default(true), {
    title: "Learn the completion only",
    meaning: 'The older form of "lossOn": on means completion, off means everything.',
    group: "method",
  }),
  packing: field(z.boolean().default(false), {
    title: "Packing",
    meaning:
      "Puts several short examples into one row without letting them attend to each other. The result does not change; short examples train faster.",
    group: "run",
  }),
  packingLength: field(z.int().min(8).default(512), {
    title: "Packed row",
    meaning:
      "The number of tokens that a row is filled up to. A longer example gets its own row; a micro-batch counts rows.",
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
    suits: "Learns to write like the demonstrations. Start here where demonstrations are good and the task is clear.",
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
