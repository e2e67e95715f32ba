import type { Message } from "@/domain/messages";

/** The facts that a computed reward may use. */
export type JudgedCompletion = {
  prompt: readonly Message[];
  /** The completion's text, without the end of turn. */
  completion: string;
  /** Number of tokens, the end of turn included. */
  tokens: number;
  /** Whether the completion reached its end of turn. */
  ended: boolean;
  /** The `answer` beside the prompt in the dataset. */
  answer: string | null;
};

/** A computed reward: any finite number. */
export type RewardFunction = (completion: JudgedCompletion) => number | Promise<number>;
