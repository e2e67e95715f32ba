import type { ModelReference } from "../generations/write-text";
import type { Message } from "../messages";

/**
 * A request to score completions with a reward model: the contract between the queue's work and the trainer's models.
 */
export interface ScoreRequest {
  model: ModelReference;
  completions: readonly {
    prompt: readonly Message[];
    content: string;
    /** False where the completion was cut at the token limit: it is scored without an end of turn. */
    finished: boolean;
  }[];
  /** True where a person waits for the scores: background work pauses meanwhile. */
  interactive: boolean;
  signal: AbortSignal;
  /** Receives in words what happens before the first score: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** Receives a score; `completion` is the place in the request. Scores come in an order of their own. */
export type ScoreEvent =
  | { type: "score"; completion: number; score: number }
  /** Receives a completion that this model cannot score (longer than its context); the others can be scored. */
  | { type: "refused"; completion: number; reason: string };

/** Scores completions as they come. Throws the signal's reason when it aborts. */
export type ScoreCompletions = (request: ScoreRequest) => AsyncIterable<ScoreEvent>;
