import { z } from "zod";
import { field } from "../field-meaning";

const positive = () => z.number().positive();

export const orpoFields = {
  lambda: field(positive().default(0.1), {
    title: "λ",
    meaning: "Weight of the odds ratio beside the likelihood of the chosen completion.",
    group: "method",
    basic: true,
    safe: { min: 0.05, max: 1, why: "published with 0.1–1" },
  }),
};
