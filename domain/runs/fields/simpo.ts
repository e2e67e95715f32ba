import { z } from "zod";
import { field } from "../field-meaning";
import { sftMixField } from "./sft-mix";

const positive = () => z.number().positive();

export const simpoFields = {
  beta: field(positive().default(2), {
    title: "β",
    meaning: "Scale of the length-normalised reward.",
    group: "method",
    basic: true,
    safe: { min: 2, max: 10, why: "published range 2–10" },
  }),
  gamma: field(z.number().min(0).default(1), {
    title: "γ",
    meaning: "By how much chosen has to win. γ ÷ β between 0.1 and 0.8.",
    group: "method",
    basic: true,
  }),
  sftMixRatio: sftMixField,
};
