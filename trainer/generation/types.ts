/** A prompt to complete, as token ids with the opening of the assistant's turn. */
export interface GenerationRequest {
  promptIds: readonly number[];
  /**
   * A seed of this prompt's own, which makes its samples independent of its place in the list; by default the seed
   * follows from `options.seed` and the place.
   */
  seed?: number;
}

export interface GenerationOptions {
  /** The largest number of new tokens, the end of turn included. */
  maxTokens: number;
  /** Tokens that end a completion; see `stopTokenIds`. */
  stopIds: readonly number[];
  /** Number of completions of each prompt; default 1. */
  samples?: number;
  /** Always chooses the likeliest token, as temperature 0 does. */
  greedy?: boolean;
  /** The sampling temperature; default 1. */
  temperature?: number;
  /** Samples from the smallest set of likeliest tokens whose mass reaches this; default 1, all tokens. */
  topP?: number;
  /** Equal seeds give equal completions, whatever else is generated beside them. Default 0. */
  seed?: number;
  /** Whether a LoRA adapter takes part; default true. */
  adapter?: boolean;
  signal?: AbortSignal;
  /** Rows that are decoded at one time; default 32, fewer where the cache would take over a gigabyte. */
  maxRows?: number;
}

/** The reason why a completion is over: it wrote an end token, reached `maxTokens`, or filled the model's context. */
export type FinishReason = "stop" | "length" | "context";

export type GenerationEvent =
  | { kind: "token"; prompt: number; sample: number; id: number }
  | { kind: "completion"; prompt: number; sample: number; ids: number[]; finish: FinishReason };

export interface GeneratedCompletion {
  /** Index of the request. */
  prompt: number;
  sample: number;
  /** New tokens, the end of turn included. */
  ids: number[];
  finish: FinishReason;
}
