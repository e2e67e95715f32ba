import { z } from "zod";
import { field } from "../field-meaning";

const positive = () => z.number().positive();
const count = () => z.int().positive();

/** The adapter (LoRA, Hu et al. 2021, arXiv 2106.09685) that a run trains. */
export const loraSchema = z.strictObject({
  rank: field(count().max(1024).default(16), {
    title: "Rank",
    meaning: "The width of the adapter. A higher rank can learn more, and forgets more.",
    group: "model",
    basic: true,
    safe: { min: 8, max: 64, why: "below 8 an adapter learns little; above 64 it costs memory without a benefit" },
  }),
  alpha: field(positive().optional(), {
    title: "Alpha",
    meaning: "The adapter's output is scaled by alpha ÷ rank. The default is twice the rank.",
    group: "model",
  }),
  dropout: field(z.number().min(0).lt(1).default(0), {
    title: "Dropout",
    meaning:
      "The share of the adapter's inputs that each training step drops at random. A little dropout helps against memorising a small dataset.",
    group: "model",
    safe: { max: 0.1, why: "more than 0.1 slows learning down and seldom helps" },
  }),
  targets: field(z.union([z.literal("all-linear"), z.array(z.string().min(1)).min(1)]).default("all-linear"), {
    title: "Layers",
    meaning: "The linear layers that get an adapter. All of them works best; q, k, v and o are the minimum.",
    group: "model",
  }),
});

export type LoraConfig = z.output<typeof loraSchema>;
