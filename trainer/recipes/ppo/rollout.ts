import type { PpoPrompt } from "./prepare-ppo";

/** A completion that the policy wrote, before it is measured. */
export type Sample = {
  prompt: PpoPrompt;
  /** Index of the completion's prompt in the iteration. */
  group: number;
  /** New tokens, the end of turn included if the policy wrote it. */
  ids: number[];
  ended: boolean;
  /** The text without the end of turn. */
  text: string;
};

/** The completions that the policy wrote in one iteration. */
export type Rollout = {
  samples: readonly Sample[];
  /** New tokens of each completion. */
  lengths: readonly number[];
  /** New tokens of all completions. */
  written: number;
  /** Tokens of all prompts and completions, which each model reads to measure them. */
  read: number;
};

export function rolloutOf(samples: readonly Sample[]): Rollout {
  const lengths = samples.map(({ ids }) => ids.length);
  const written = lengths.reduce((sum, length) => sum + length, 0);
  return { samples, lengths, written, read: samples.reduce((sum, { prompt }) => sum + prompt.ids.length, written) };
}
