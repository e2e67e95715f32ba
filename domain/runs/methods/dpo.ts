import { z } from "zod";
import { field, type SafeRange } from "../field-meaning";
import { nllField, sftMixFields } from "../fields/sft-mix";
import { defineRecordMethod } from "./record-method";

/** Means over tokens are some hundred times smaller than sums, so that the usual β would hardly move anything. */
const NORMALISED_BETA: SafeRange = {
  min: 2,
  max: 10,
  why: 'the range for loss "sigmoid_norm", which was published with 5',
};

/**
 * IPO asks each pair for a gap of 1/(2β) nats between the two log-ratios, which are means over tokens. DPO's loss is all but
 * content at βh = 3, which at β 0.1 are 30 nats per completion or, of about 100 tokens, 0.3 nats per token; sigmoid_norm's, at its
 * published β 5, at 0.6. β 1 asks for 0.5 nats per token, and the range for 0.1 to 1. DPO's own 0.1 would ask for 5 nats a
 * token, which no run reaches: the loss would pull without end.
 */
const IPO_BETA: SafeRange = {
  min: 0.5,
  max: 5,
  why: 'the range for loss "ipo", which asks for a gap of 1/(2β) nats per token: between 0.1 and 1 nat',
};

/** The β where none was chosen. */
const DEFAULT_BETA = { sigmoid: 0.1, robust: 0.1, ipo: 1, sigmoid_norm: 5 } as const;

const fields = {
  loss: field(z.enum(["sigmoid", "robust", "ipo", "sigmoid_norm"]).default("sigmoid"), {
    title: "Loss",
    meaning:
      "The loss function. sigmoid is plain DPO; robust corrects for flipped labels; ipo suits noisy preferences; sigmoid_norm averages each completion over its tokens, for data whose chosen completions are longer (β about 5).",
    group: "method",
    basic: true,
  }),
  beta: field(z.number().positive().optional(), {
    title: "β",
    meaning:
      "How closely the policy is held to the model it started from; with a low β it moves further. Each loss has its own range: 0.1–0.5 for sigmoid and robust, 0.5–5 for ipo, 2–10 for sigmoid_norm.",
    whenAbsent: "0.1; with loss ipo 1, with sigmoid_norm 5.",
    group: "method",
    basic: true,
    safe: {
      min: 0.1,
      max: 0.5,
      why: "around 0.01 training diverges, around 1 it stalls; 0.1–0.3 works best",
      start: [0.1, 0.3],
    },
  }),
  labelSmoothing: field(z.number().min(0).lt(0.5).default(0), {
    title: "Label smoothing",
    meaning:
      "The share of labels that are assumed to be wrong. With the loss sigmoid it gives conservative DPO; the loss robust needs a value above 0.",
    group: "method",
    safe: { max: 0.3, why: "if a third of the labels is wrong, look at the labels first" },
  }),
  ...sftMixFields,
  nllCoefficient: nllField,
};

/**
 * DPO, with IPO as one of its losses. The losses are in `trainer/losses/`: `dpo.ts`, `ipo.ts`, `robust-dpo.ts`,
 * `length-normalised-dpo.ts`.
 */
export const dpo = defineRecordMethod(z.literal("dpo"), fields, {
  words: {
    name: "DPO",
    title: "DPO",
    subject: "DPO",
    suits: "Learns directly from pairs: quick, stable and cheap. It suits most preference data.",
  },
  learnsFrom: "preference",
  makes: "policy",
  shows: ["records", "pairs", "preferences", "reference", "text"],
  learningRate: {
    full: 5e-6,
    adapterFactor: 10,
    range: [5e-7, 5e-6],
    source: "the post-training guide's range for this method",
  },
  ownDefaults: {
    leftOpen: ["beta"],
    fill({ loss, beta }) {
      const value = beta ?? DEFAULT_BETA[loss];
      const text =
        loss === "ipo"
          ? `β ${value}: loss "ipo" asks for a gap of ${Number((1 / (2 * value)).toPrecision(3))} nats per token.`
          : `β ${value}: loss "sigmoid_norm" averages over tokens, so a β meant for sums would hardly move the policy.`;
      const isOwn = beta === undefined && (loss === "ipo" || loss === "sigmoid_norm");
      return { values: { beta: value }, reasons: isOwn ? [{ field: "beta", text }] : [] };
    },
  },
  safeRanges: ({ loss }) =>
    loss === "sigmoid_norm" ? { beta: NORMALISED_BETA } : loss === "ipo" ? { beta: IPO_BETA } : {},
  findIssues({ loss, labelSmoothing }) {
    const path = ["labelSmoothing"];
    if (loss === "robust" && labelSmoothing === 0)
      return [{ path, message: 'the loss "robust" needs the share of flipped labels, which must be above 0' }];
    if (loss === "ipo" && labelSmoothing > 0)
      return [{ path, message: 'the loss "ipo" has no label smoothing; leave this key out' }];
    return [];
  },
  adviseOnLengths({ loss }, chosenIs) {
    if (loss === "ipo" || loss === "sigmoid_norm") return null;
    const advice = 'The loss "sigmoid_norm" averages each completion over its tokens.';
    // A sum over fewer tokens is higher, so the comparison favours the shorter completion from the start.
    return chosenIs === "longer" ? advice : `Summed log-probs favour shorter completions. ${advice}`;
  },
});
