import type { Message } from "../messages";

/**
 * The model that the trainer loads: a catalogue name, hub id, file or folder, and an adapter's folder on top of it
 * where there is one.
 */
export interface ModelReference {
  model: string;
  adapter?: string;
}

/**
 * A request to complete prompts with a language model: the contract between the queue's work and the trainer's models.
 */
export interface TextRequest {
  model: ModelReference;
  /** The prompts, each with a seed of its own, so that a prompt's completions do not depend on the others. */
  prompts: readonly { messages: readonly Message[]; seed: number }[];
  samples: number;
  /** The sampling temperature; 0 is greedy. */
  temperature: number;
  topP: number;
  /** The most new tokens of a completion. */
  maxTokens: number;
  /** True where a person waits for the text: whatever else is being written pauses meanwhile. */
  interactive: boolean;
  signal: AbortSignal;
  /** Receives in words what happens before the first token: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** Receives progress: `prompt` is the place in the request, `tokens` the number so far. */
export type TextEvent =
  | { type: "text"; prompt: number; sample: number; text: string; tokens: number }
  | {
      type: "completion";
      prompt: number;
      sample: number;
      content: string;
      tokens: number;
      /**
       * The reason why the completion is over: the model ended its turn, `maxTokens` was reached, or the context is
       * full.
       */
      finish: "stop" | "length" | "context";
    }
  /**
   * Receives a prompt that this model cannot complete (longer than its context, refused by its chat template); the
   * others can be completed.
   */
  | { type: "refused"; prompt: number; code: "prompt-too-long" | "prompt-refused"; reason: string };

/** Writes completions as they come. Throws the signal's reason when it aborts. */
export type WriteText = (request: TextRequest) => AsyncIterable<TextEvent>;
