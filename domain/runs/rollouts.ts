import { z } from "zod";
import { messageSchema } from "../messages";

/** In a run's folder; one JSON line a rollout, iterations in order. A run that goes on rewrites its last iteration. */
export const ROLLOUTS_FILE = "rollouts.jsonl";

/** One token of a completion, as the update saw it. */
export const rolloutTokenSchema = z.object({
  /** Its own text. Tokens that are a part of a character give it in the last of them; "" is allowed. */
  text: z.string(),
  /** log π − log π_ref of this token at the time of sampling, nats. */
  kl: z.number(),
  /** As the loss used it: after whitening. */
  advantage: z.number(),
  /** What the value model expected from here on; null where there is none (RLOO, GRPO). */
  value: z.number().nullable(),
});

/** A completion that the policy wrote for the update of one iteration, with what it was given for it. */
export const rolloutSchema = z.object({
  /** Counts from 1. The same number as `step` of the iteration's row in metrics.jsonl. */
  iteration: z.int().positive(),
  prompt: z.array(messageSchema).min(1),
  completion: z.string(),
  /** Real tokens only, the end of turn included where it was written. */
  tokens: z.array(rolloutTokenSchema).min(1),
  /** As the reward model, ensemble or function gave it, before normalisation, clipping and penalties. */
  score: z.number(),
  /** Sum of the tokens' KL, nats. */
  klSum: z.number(),
  /** Number of tokens. */
  length: z.int().positive(),
  /** Whether the completion ended its turn rather than being cut at maxNewTokens. */
  ended: z.boolean(),
});
export type Rollout = z.infer<typeof rolloutSchema>;
export type RolloutToken = z.infer<typeof rolloutTokenSchema>;
