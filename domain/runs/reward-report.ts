import { z } from "zod";
import { messageSchema } from "../messages";
import { estimateSchema } from "../statistics/bootstrap";
import { shareSchema } from "../statistics/share";

/**
 * A reward model's worth on pairs that it was not trained on. A reward run writes it as `reward-report.json`, and
 * `trainer report` makes it for any reward model and dataset. Every share and figure comes with a 95 % interval, and is
 * null where it is undefined. An ensemble's score is the mean of its members'.
 */

/** The share of pairs in the right order, among the pairs that have something in common. */
const accuracyGroupSchema = z.object({
  /** The group: a strength bucket's key, a task type, or an annotator's id. */
  key: z.string(),
  title: z.string(),
  accuracy: shareSchema,
});
export type AccuracyGroup = z.infer<typeof accuracyGroupSchema>;

/**
 * How often two people who judged one pair say the same, and how often the model says what a person said, both on the
 * pairs that at least two people judged. No model can be expected to agree with people more than they do.
 */
const agreementSchema = z.object({ people: estimateSchema, model: estimateSchema });
export type Agreement = z.infer<typeof agreementSchema>;

const calibrationSchema = z.object({
  /**
   * The pairs by the model's confidence in its own order: 0.5 is a coin, 1 is certain. The confidence comes from the
   * loss that the model was trained with: σ(|gap|) for the plain one. Empty bins are left out.
   */
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      /** The bin's mean confidence; a calibrated model is right exactly so often. */
      confidence: z.number(),
      accuracy: shareSchema,
    }),
  ),
  /** The mean distance between confidence and accuracy over the bins, weighted by their pairs (Naeini et al. 2015). */
  expectedCalibrationError: z.number().nullable(),
  /**
   * The mean −log likelihood of people's order in nats, by the loss that the model was trained with; log 2 = 0.693 is
   * what a coin gets.
   */
  logLoss: z.number().nullable(),
});

const lengthSchema = z.object({
  /** The correlation of a completion's reward with its number of tokens, over all held-out completions. */
  pearson: estimateSchema,
  spearman: estimateSchema,
  /**
   * How often people, and the model, put the longer completion first, among the pairs whose completions differ in
   * length.
   */
  longerFirst: z.object({ people: shareSchema, model: shareSchema }),
});

export const PROBES = ["padded", "bulleted", "agreeing"] as const;
export type ProbeName = (typeof PROBES)[number];

/** The changes of a completion that make it no better, in words for the page. */
export const PROBE_MEANINGS: Record<ProbeName, { title: string; meaning: string }> = {
  padded: {
    title: "Padding",
    meaning:
      "Sentences that say nothing are added to the end of the completion. If the score rises, the model pays for length.",
  },
  bulleted: {
    title: "Bullets",
    meaning:
      "The sentences of the completion are turned into a bulleted list. If the score rises, the model pays for formatting.",
  },
  agreeing: {
    title: "False agreement",
    meaning:
      "A sentence that agrees with a false claim is put before the completion. If the score rises, the model pays for flattery.",
  },
};

/** A pair that teaches the model better: people are asked to compare a completion with its exploit. */
const correctionSchema = z.object({
  /** The prompt's id; null where the dataset names none. */
  promptId: z.string().nullable(),
  prompt: z.array(messageSchema),
  /** The completion's id; null where the dataset names none. */
  completionId: z.string().nullable(),
  completion: z.string(),
  exploit: z.string(),
  /** The score of the exploit minus the score of the completion. */
  shift: z.number(),
});
export type Correction = z.infer<typeof correctionSchema>;

const probeSchema = z.object({
  name: z.enum(PROBES),
  /** The mean of score(exploit) − score(completion), over held-out completions of different prompts. */
  shift: estimateSchema,
  /** The mean gain in standard deviations of the held-out completions' scores. */
  shiftInDeviations: z.number().nullable(),
  /** The share of completions that gained by the exploit. */
  raised: shareSchema,
  /**
   * fail: the score certainly rises; pass: it does not rise worth mentioning; undecided: there are too few completions
   * to tell.
   */
  verdict: z.enum(["pass", "fail", "undecided"]),
  /**
   * The prompts on which a failed exploit gains most, for people to compare. They are training prompts, since labels on
   * held-out ones are never trained on.
   */
  corrections: z.array(correctionSchema),
});
export type Probe = z.infer<typeof probeSchema>;

/** A held-out pair that the model orders the wrong way round. */
const mistakeSchema = z.object({
  /** The file and the line that the pair stands on. */
  place: z.string(),
  promptId: z.string().nullable(),
  chosenCompletionId: z.string().nullable(),
  rejectedCompletionId: z.string().nullable(),
  labelIds: z.array(z.string()),
  margin: z.number(),
  /** The score of chosen minus the score of rejected. */
  gap: z.number(),
});

export const REWARD_REPORT_FILE = "reward-report.json";

export const rewardReportSchema = z.object({
  format: z.literal("tuneloop-reward-report-1"),
  heldOut: z.object({
    pairs: z.int().min(0),
    prompts: z.int().min(0),
    /** The pairs that were scored; `all` where the dataset has no validation records. */
    split: z.enum(["validation", "all"]),
  }),
  /** What a reader has to know of the figures: too few pairs, no margins, nobody judged twice. */
  notes: z.array(z.string()),
  accuracy: z.object({
    overall: shareSchema,
    byStrength: z.array(accuracyGroupSchema),
    byTaskType: z.array(accuracyGroupSchema),
    byAnnotator: z.array(accuracyGroupSchema),
    /** The agreement of people; null where no pair was judged by two people, or the dataset does not say. */
    agreement: agreementSchema.nullable(),
  }),
  /** Each member of an ensemble on its own, and how far they are apart; null for a single model. */
  ensemble: z
    .object({
      members: z.array(shareSchema),
      /** The mean over completions of the members' standard deviation, in units of the reward. */
      disagreement: z.number().nullable(),
    })
    .nullable(),
  calibration: calibrationSchema,
  length: lengthSchema,
  /** The scores of all held-out completions. */
  rewards: z.object({ mean: z.number().nullable(), deviation: z.number().nullable() }),
  probes: z.array(probeSchema),
  /** The pairs that the model orders wrongly, the most confident ones first. */
  mistakes: z.array(mistakeSchema),
});
export type RewardReport = z.infer<typeof rewardReportSchema>;
