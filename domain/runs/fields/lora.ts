import { z } from "zod";
import { field } from "../field-meaning";

const positive = () => z.number().positive();
const count = () => z.int().positive();

/** The adapter (LoRA, Hu et al. 2021, arXiv 2106.09685) that a run trains. */
export const loraSchema = z.strictObject({
  rank: field(count().max(1024).default(16), {
    title: "Rank",
    meaning: "Width of the adapter. More rank can learn more and forgets more.",
    group: "model",
    basic: true,
    safe: { min: 8, max: 64, why: "below 8 an adapter learns little; above 64 it costs memory for nothing" },
  }),
  alpha: field(positive().optional(), {
    title: "Alpha",
    meaning: "The adapter's output is scaled by alpha ÷ rank. Twice the rank when left out.",
    group: "model",
  }),
  dropout: field(z.number().min(0).lt(1).default(0), {
    title: "Dropout",
    meaning:
      "Share of the adapter's inputs that each training step leaves out at random. Some helps against learning few examples by heart.",
    group: "model",
    safe: { max: 0.1, why: "more than a tenth slows learning down and seldom helps" },
  }),
  targets: field(z.union([z.literal("all-linear"), z.array(z.string().min(1)).min(1)]).default("all-linear"), {
    title: "Layers",
    meaning: "Linear layers that get an adapter: all of them works best; q, k, v and o are the least.",
    group: "model",
  }),
});

export type LoraConfig = z.output<typeof loraSchema>;
