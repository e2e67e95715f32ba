import type { ModelReference } from "../generations/write-text";
import type { Message } from "../messages";

/** Completions for a reward model; between the queue's work and the trainer's models. */
export interface ScoreRequest {
  model: ModelReference;
  completions: readonly {
    prompt: readonly Message[];
    content: string;
    /** False where the completion was cut at the token limit: it is scored without an end of turn. */
    finished: boolean;
  }[];
  /** A person waits for it: background work pauses meanwhile. */
  interactive: boolean;
  signal: AbortSignal;
  /** Told what happens before the first score, in words: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** `completion` is the place in the request; the order is that of the scores, not of the request. */
export type ScoreEvent =
  | { type: "score"; completion: number; score: number }
  /** This completion cannot be scored by this model (longer than its context); the others can. */
  | { type: "refused"; completion: number; reason: string };

/** Scores completions as they come. Throws the signal's reason when it aborts. */
export type ScoreCompletions = (request: ScoreRequest) => AsyncIterable<ScoreEvent>;
