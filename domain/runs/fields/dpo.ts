import { z } from "zod";
import { field } from "../field-meaning";
import { sftMixField } from "./sft-mix";

const positive = () => z.number().positive();

export const dpoFields = {
  loss: field(z.enum(["sigmoid", "robust", "ipo", "sigmoid_norm"]).default("sigmoid"), {
    title: "Loss",
    meaning:
      "sigmoid is plain DPO; robust corrects for flipped labels; ipo suits noisy preferences; sigmoid_norm counts each completion by its mean over tokens, for data whose chosen completions are longer (β about 5).",
    group: "method",
    basic: true,
  }),
  beta: field(positive().default(0.1), {
    title: "β",
    meaning: "How closely the policy keeps to the model it started from. Low moves further.",
    group: "method",
    basic: true,
    safe: { min: 0.1, max: 0.5, why: "around 0.01 it diverges, around 1 it stalls; 0.1–0.3 works best" },
  }),
  labelSmoothing: field(z.number().min(0).lt(0.5).default(0), {
    title: "Label smoothing",
    meaning: "The share of labels taken to be wrong. With sigmoid: conservative DPO; robust needs it above 0.",
    group: "method",
    safe: { max: 0.3, why: "with a third of the labels wrong, look at the labels first" },
  }),
  sftMixRatio: sftMixField,
};
