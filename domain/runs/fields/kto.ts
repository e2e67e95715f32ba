import { z } from "zod";
import { field } from "../field-meaning";
import { sftMixField } from "./sft-mix";

const positive = () => z.number().positive();

export const ktoFields = {
  beta: field(positive().default(0.1), {
    title: "β",
    meaning: "How closely the policy keeps to the model it started from.",
    group: "method",
    basic: true,
    safe: { min: 0.01, max: 0.5, why: "KTO was published with 0.01–0.5" },
  }),
  desirableWeight: field(positive().optional(), {
    title: "Weight of desirable",
    meaning: "Above 1 where desirable completions are rare. Left out: from the counts of both kinds.",
    group: "method",
  }),
  undesirableWeight: field(positive().optional(), {
    title: "Weight of undesirable",
    meaning: "Above 1 where undesirable completions are rare. Left out: from the counts of both kinds.",
    group: "method",
  }),
  sftMixRatio: sftMixField,
};
