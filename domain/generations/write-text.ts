import type { Message } from "../messages";

/** What the trainer loads: a catalogue name, hub id, file or folder, and an adapter's folder on top of it where there is one. */
export interface ModelReference {
  model: string;
  adapter?: string;
}

/** Prompts for a language model; between the queue's work and the trainer's models. */
export interface TextRequest {
  model: ModelReference;
  /** Each with its own seed, so that a prompt's completions do not depend on the others. */
  prompts: readonly { messages: readonly Message[]; seed: number }[];
  samples: number;
  /** 0 is greedy. */
  temperature: number;
  topP: number;
  /** New tokens at most. */
  maxTokens: number;
  /** A person waits for it: whatever else is being written pauses meanwhile. */
  interactive: boolean;
  signal: AbortSignal;
  /** Told what happens before the first token, in words: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** `prompt` is the place in the request, `tokens` the number so far. */
export type TextEvent =
  | { type: "text"; prompt: number; sample: number; text: string; tokens: number }
  | {
      type: "completion";
      prompt: number;
      sample: number;
      content: string;
      tokens: number;
      /** Why it is over: the model ended its turn, `maxTokens`, or its context is full. */
      finish: "stop" | "length" | "context";
    }
  /** This prompt cannot be completed by this model (longer than its context, refused by its chat template); the others can. */
  | { type: "refused"; prompt: number; code: "prompt-too-long" | "prompt-refused"; reason: string };

/** Writes completions as they come. Throws the signal's reason when it aborts. */
export type WriteText = (request: TextRequest) => AsyncIterable<TextEvent>;
