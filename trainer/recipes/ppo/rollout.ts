import type { PpoPrompt } from "./prepare-ppo";

/** A completion that the policy wrote, before it is measured. */
export type Sample = {
  prompt: PpoPrompt;
  /** Which prompt of the iteration. */
  group: number;
  /** New tokens, the end of turn included where it came. */
  ids: number[];
  ended: boolean;
  /** Without the end of turn. */
  text: string;
};
