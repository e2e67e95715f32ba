import { z } from "zod";
import { field } from "../field-meaning";
import type { ConfigIssue } from "../run-remarks";

/** The keys of demonstrations that are mixed into the steps of a method which moves a policy by something else. */
export const sftMixFields = {
  sftMixRatio: field(z.number().min(0).max(1).default(0), {
    title: "SFT mix",
    meaning:
      "Demonstrations in each step, for each example of its batch (of PPO: for each completion of its minibatch); the weight of their loss is the same number (PPO-ptx, equation 2 of the InstructGPT paper). Keeps what was learned from being forgotten. It needs demonstrations: the dataset version's own, or those of sftDataset.",
    group: "method",
    safe: { max: 0.3, why: "10–20 % is usual; with much more the demonstrations decide" },
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
  title: "Likelihood of preferred",
  meaning:
    "Weight of the likelihood of the completions that people preferred (of KTO: the desirable ones), beside the method's own loss. Keeps them from becoming unlikely. It needs no demonstrations.",
  group: "method",
  safe: { max: 1, why: "0.1–0.2 holds chosen completions; above 1 the run is SFT with a preference beside it" },
});

/** Warns of a source of demonstrations that no key asks for. */
export function mixIssues({ sftDataset, sftMixRatio }: { sftDataset?: unknown; sftMixRatio?: unknown }): ConfigIssue[] {
  if (sftDataset === undefined || sftMixRatio !== 0) return [];
  return [{ path: ["sftDataset"], message: "nothing of it is mixed in; it needs sftMixRatio above 0" }];
}
