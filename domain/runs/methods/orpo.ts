import { z } from "zod";
import { field } from "../field-meaning";
import { defineRecordMethod } from "./record-method";

const fields = {
  lambda: field(z.number().positive().default(0.1), {
    title: "λ",
    meaning: "The weight of the odds-ratio loss, relative to the likelihood of the chosen completion.",
    group: "method",
    basic: true,
    safe: { min: 0.05, max: 1, why: "published with 0.1–1" },
  }),
};

/** ORPO; its loss is in `trainer/losses/orpo.ts`. */
export const orpo = defineRecordMethod(z.literal("orpo"), fields, {
  words: {
    name: "ORPO",
    title: "ORPO",
    subject: "ORPO",
    suits:
      "Imitates the chosen completion and moves away from the rejected one in a single run, without a reference model.",
  },
  learnsFrom: "preference",
  makes: "policy",
  shows: ["records", "pairs", "preferences", "text"],
  learningRate: {
    full: 8e-6,
    adapterFactor: 10,
    range: [5e-6, 5e-5],
    source: "the usual range for this method",
  },
  foreignKeys: {
    nllCoefficient:
      'the loss of orpo already contains the likelihood of chosen completions; "lambda" weighs its other part',
    sftMixRatio:
      'the loss of orpo already contains the likelihood of chosen completions; "lambda" weighs its other part',
  },
});
