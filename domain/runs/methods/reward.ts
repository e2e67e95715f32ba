import { z } from "zod";
import { field } from "../field-meaning";
import type { Reason } from "../run-remarks";
import type { RunCircumstances } from "./method-description";
import { defineRecordMethod } from "./record-method";

const fields = {
  centerRewardsCoefficient: field(z.number().min(0).default(0), {
    title: "Centering",
    meaning: "Pulls the mean reward towards zero, so that the scores of different models can be compared.",
    group: "method",
    safe: { max: 0.1, why: "0.01 is enough to centre the scores; much more competes with the preferences" },
  }),
  ensemble: field(z.int().min(1).max(16).default(1), {
    title: "Ensemble",
    meaning:
      "The number of reward models to train, each with its own seed and order of the data. Their mean scores better than one model, and where they disagree, the score should not be trusted. Training takes as many times as long.",
    group: "method",
    safe: { max: 8, why: "more than 5 members seldom add anything" },
  }),
  useMargins: field(z.boolean().optional(), {
    title: "Use margins",
    meaning:
      "Off is the plain Bradley–Terry loss of the post-training guide. On is the margin loss of Llama 2: a clearly better completion must win by a larger gap. It needs margins in the records, and a gap between two scores then means less confidence than it looks.",
    whenAbsent: "off; on for a file of another tool whose records carry margins, as in TRL.",
    group: "method",
  }),
};

/** A reward model of the Bradley–Terry kind; its loss is in `trainer/losses/reward.ts`. */
export const reward = defineRecordMethod(z.literal("reward"), fields, {
  words: {
    name: "Reward model",
    title: "Reward model",
    subject: "A reward model",
    suits:
      "Learns to score completions as people compare them. A reward model writes no text: it serves scoring and PPO.",
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
  adviseOnLengths: () => "Look at the correlation with length in the run's reward report.",
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
    "Margins are part of the loss, as in TRL, because the records of the file carry them. Set useMargins to false for the plain Bradley–Terry loss.";
  return { values: { useMargins: true }, reasons: [{ field: "useMargins", text }] };
}
