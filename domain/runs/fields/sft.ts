import { z } from "zod";
import { field } from "../field-meaning";

/** Which tokens SFT learns to write. */
export const LOSS_ON = ["completion", "assistantTurns", "everything"] as const;
export type LossOn = (typeof LOSS_ON)[number];

export const sftFields = {
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
