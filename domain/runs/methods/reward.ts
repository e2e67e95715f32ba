import { z } from "zod";
import { field } from "../field-meaning";
import type { Reason } from "../run-remarks";
import type { RunCircumstances } from "./method-description";
import { defineRecordMethod } from "./record-method";

const fields = {
  centerRewardsCoefficient: field(z.number().min(0).default(0), {
    title: "Centering",
    meaning: "Pulls the mean reward to zero, so that scores of different models can be compared.",
    group: "method",
    safe: { max: 0.1, why: "0.01 centres; much more competes with the preferences" },
  }),
  ensemble: field(z.int().min(1).max(16).default(1), {
    title: "Ensemble",
    meaning:
      "Reward models to train, each with a seed and an order of its own. Their mean scores better, and where they differ the score is not to be trusted. Takes as many times as long.",
    group: "method",
    safe: { max: 8, why: "more than 5 members seldom add anything" },
  }),
  useMargins: field(z.boolean().optional(), {
    title: "Use margins",
    meaning:
      "Off is the plain Bradley–Terry loss of the post-training guide. On, a pair that was clearly better must win by more (Llama 2's margin loss); it needs margins in the records, and scores are then less far apart from chance than they look.",
    whenAbsent: "off; on for a file of another tool whose records carry margins, as TRL does.",
    group: "method",
  }),
};

/** A reward model of the Bradley–Terry kind; its loss is in `trainer/losses/reward.ts`. */
export const reward = defineRecordMethod(z.literal("reward"), fields, {
  words: {
    name: "Reward model",
    title: "Reward model",
    subject: "A reward model",
    suits: "Learns to score completions as people compare them. It writes nothing: it is for scoring and for PPO.",
  },
  learnsFrom: "preference",
  makes: "reward",
  shows: ["records", "pairs"],
  learningRate: {
    full: 1e-5,
    adapterFactor: 10,
    range: [1e-6, 5e-5],
    source: "the usual range for this method",
  },
  ownDefaults: { leftOpen: ["useMargins"], fill: chooseMargins },
  adviseOnLengths: () => "Look at the length correlation in the run's report.",
});

/**
 * The plain Bradley–Terry loss is the default. A dataset version carries the strengths of people's preferences whether
 * anybody wants them in the loss or not; whoever writes margins into a file of their own means them, and TRL uses them.
 */
function chooseMargins(
  { useMargins }: { useMargins?: boolean | undefined },
  { marginsInFile = false }: RunCircumstances,
): { values: { useMargins: boolean }; reasons: Reason[] } {
  if (useMargins !== undefined || !marginsInFile) return { values: { useMargins: useMargins ?? false }, reasons: [] };
  const text =
    "Margins are part of the loss, because the file's records carry them, as in TRL. useMargins false is the plain Bradley–Terry loss.";
  return { values: { useMargins: true }, reasons: [{ field: "useMargins", text }] };
}
