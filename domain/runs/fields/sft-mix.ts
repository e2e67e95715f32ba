import { z } from "zod";
import { field } from "../field-meaning";
import type { ConfigIssue } from "../run-remarks";

/** The keys of demonstrations that are mixed into the steps of a method which moves a policy by something else. */
export const sftMixFields = {
  sftMixRatio: field(z.number().min(0).max(1).default(0), {
    title: "SFT mix",
    meaning:
      "The number of demonstrations in each step for each example of the batch (with PPO: for each completion of the minibatch), and also the weight of their loss (PPO-ptx, equation 2 of the InstructGPT paper). The mix keeps the model from forgetting what it learned. It needs demonstrations: the dataset version's own, or those of sftDataset.",
    group: "method",
    safe: { max: 0.3, why: "10–20 % is usual; with much more, the demonstrations dominate" },
  }),
  sftDataset: field(z.string().min(1).optional(), {
    title: "Demonstrations to mix in",
    meaning: "A JSONL file of demonstrations, or a dataset version's folder.",
    whenAbsent: "the dataset's own demonstrations.",
    group: "data",
  }),
};

/** The field of every preference method that has no likelihood term of its own. */
export const nllField = field(z.number().min(0).default(0), {
  title: "Likelihood of preferred completions",
  meaning:
    "The weight of the likelihood of the completions that people preferred (with KTO: the desirable ones), which is added to the method's own loss and keeps these completions from becoming unlikely. It needs no demonstrations.",
  group: "method",
  safe: { max: 1, why: "0.1–0.2 keeps chosen completions likely; above 1 the run is mostly SFT" },
});

/** Warns of a source of demonstrations that no key asks for. */
export function mixIssues({ sftDataset, sftMixRatio }: { sftDataset?: unknown; sftMixRatio?: unknown }): ConfigIssue[] {
  if (sftDataset === undefined || sftMixRatio !== 0) return [];
  return [{ path: ["sftDataset"], message: "the demonstrations are not mixed in; this key needs sftMixRatio above 0" }];
}
