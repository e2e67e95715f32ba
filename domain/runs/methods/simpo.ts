import { z } from "zod";
import { field } from "../field-meaning";
import { nllField, sftMixFields } from "../fields/sft-mix";
import { defineRecordMethod } from "./record-method";

const fields = {
  beta: field(z.number().positive().default(2), {
    title: "β",
    meaning: "The scale of the length-normalised reward.",
    group: "method",
    basic: true,
    safe: { min: 2, max: 10, why: "published range 2–10" },
  }),
  gamma: field(z.number().min(0).default(1), {
    title: "γ",
    meaning: "The margin by which the chosen completion has to win. γ ÷ β should be between 0.1 and 0.8.",
    group: "method",
    basic: true,
  }),
  ...sftMixFields,
  nllCoefficient: nllField,
};

/** SimPO; its loss is in `trainer/losses/simpo.ts`. */
export const simpo = defineRecordMethod(z.literal("simpo"), fields, {
  words: {
    name: "SimPO",
    title: "SimPO",
    subject: "SimPO",
    suits:
      "The simplest preference method: it has no reference model and does not favour length. It is sensitive to its settings.",
  },
  learnsFrom: "preference",
  makes: "policy",
  shows: ["records", "pairs", "preferences", "text"],
  learningRate: {
    full: 1e-6,
    adapterFactor: 10,
    range: [3e-7, 5e-6],
    source: "the usual range for this method",
  },
  /** TRL's trainer gives SimPO the defaults of plain CPO, which ask for a lead that no mean log-prob can have. */
  findWarnings({ beta, gamma }) {
    const ratio = gamma / beta;
    if (ratio >= 0.1 && ratio <= 0.8) return [];
    const known =
      beta === 0.1 && gamma === 0.5 ? "These are the defaults of TRL's trainer, which are known to fail: " : "";
    const message = `${known}gamma ÷ beta is ${Number(ratio.toPrecision(3))}, outside the published 0.1–0.8; beta 2 with gamma 1 is a good start.`;
    return [{ field: known ? "simpoKnownBadDefaults" : "gamma", message }];
  },
});
