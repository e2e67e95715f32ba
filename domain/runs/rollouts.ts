import { z } from "zod";
import { messageSchema } from "../messages";

/**
 * The file of rollouts in a run's folder, with one JSON line a rollout and the iterations in order. A run that goes on
 * rewrites its last iteration.
 */
export const ROLLOUTS_FILE = "rollouts.jsonl";

/** One token of a completion, as the update saw it. */
export const rolloutTokenSchema = z.object({
  /**
   * The text of this token. Where several tokens make up one character, the last of them carries it and the others are
   * "".
   */
  text: z.string(),
  /** log π − log π_ref of this token at the time of sampling, in nats. */
  kl: z.number(),
  /** The advantage as the loss used it, after whitening. */
  advantage: z.number(),
  /** The return that the value model expected from here on; null where there is none (RLOO, GRPO). */
  value: z.number().nullable(),
});

/** A completion that the policy wrote for the update of one iteration, with what it was given for it. */
export const rolloutSchema = z.object({
  /** The iteration, counted from 1; also the `step` of its row in metrics.jsonl. */
  iteration: z.int().positive(),
  prompt: z.array(messageSchema).min(1),
  completion: z.string(),
  /** The real tokens only, with the end of turn where it was written. */
  tokens: z.array(rolloutTokenSchema).min(1),
  /** The score as the reward model, ensemble or function gave it, before normalisation, clipping and penalties. */
  score: z.number(),
  /** The sum of the tokens' KL, in nats. */
  klSum: z.number(),
  /** The number of tokens. */
  length: z.int().positive(),
  /** True where the completion ended its turn, false where it was cut at maxNewTokens. */
  ended: z.boolean(),
});
export type Rollout = z.infer<typeof rolloutSchema>;
export type RolloutToken = z.infer<typeof rolloutTokenSchema>;
