import { listed, type Overlay } from "./overlay";

/**
 * A training method over pairs that does not exist, as its author would add it: its description, its loss, and a line in
 * each of two lists.
 */
export const METHOD_LISTS = { domain: "domain/runs/methods.ts", trainer: "trainer/run-training.ts" };

export const DESCRIPTION = `
import { z } from "zod";
import { field } from "../field-meaning";
import { defineRecordMethod } from "./record-method";

const fields = {
  lead: field(z.number().positive().default(1), {
    title: "Lead",
    meaning: "The lead in nats from which on a pair is content.",
    group: "method",
    safe: { min: 0.1, max: 10, why: "made up" },
  }),
};

export const hinge = defineRecordMethod(z.literal("hinge"), fields, {
  words: { name: "Hinge", title: "Hinge", subject: "Hinge", suits: "Nothing." },
  learnsFrom: "preference",
  makes: "policy",
  shows: ["records", "pairs", "preferences", "text"],
  learningRate: { full: 1e-6, adapterFactor: 10, range: [1e-7, 1e-5], source: "made up" },
});
`;
const LOSS = `
import * as tf from "@tensorflow/tfjs";
import type { PairObjective } from "./pair-objective";

/** max(0, lead − (log π(chosen) − log π(rejected))), one loss a pair. */
export const hinge = {
  reference: false,
  losses: ({ chosen, rejected }, { lead }) => tf.relu(tf.sub(lead, tf.sub(chosen, rejected))),
  reward: (sum) => sum,
  meanLogProbs: false,
} satisfies PairObjective<{ lead: number }>;
`;

export const madeUpMethod = {
  domain: {
    "domain/runs/methods/hinge.ts": DESCRIPTION,
    ...listed(METHOD_LISTS.domain, "hinge", "./methods/hinge", [/methods = \{ sft, reward,/, " hinge,"]),
  },
  trainer: {
    "trainer/losses/hinge.ts": LOSS,
    ...listed(METHOD_LISTS.trainer, "hinge", "./losses/hinge", [/^ {2}dpo: .*\n/m, "  hinge: pairRecipe(hinge),\n"]),
  },
} satisfies Record<string, Overlay>;
