import type { Message } from "@/domain/messages";

/** What a computed reward may look at. */
export type JudgedCompletion = {
  prompt: readonly Message[];
  /** Its text, without the end of turn. */
  completion: string;
  /** Tokens, the end of turn included. */
  tokens: number;
  /** Whether it came to its end of turn. */
  ended: boolean;
  /** What stands as `answer` beside the prompt in the dataset. */
  answer: string | null;
};

/** A reward that is computed: any finite number. */
export type RewardFunction = (completion: JudgedCompletion) => number | Promise<number>;
