/** A prompt to complete, as token ids with the opening of the assistant's turn. */
export interface GenerationRequest {
  promptIds: readonly number[];
  /** Makes this prompt's samples independent of its place in the list; default: from `options.seed` and the place. */
  seed?: number;
}

export interface GenerationOptions {
  /** New tokens at most, the end of turn included. */
  maxTokens: number;
  /** Tokens that end a completion; see `stopTokenIds`. */
  stopIds: readonly number[];
  /** Completions of each prompt; default 1. */
  samples?: number;
  /** Always the likeliest token; also temperature 0. */
  greedy?: boolean;
  /** Default 1. */
  temperature?: number;
  /** Samples from the smallest set of likeliest tokens whose mass reaches this; default 1, all tokens. */
  topP?: number;
  /** Equal seed, equal completions, whatever else is generated beside them. Default 0. */
  seed?: number;
  /** Whether a LoRA adapter takes part; default true. */
  adapter?: boolean;
  signal?: AbortSignal;
  /** Rows that are decoded at one time; default 32, fewer where the cache would take over a gigabyte. */
  maxRows?: number;
}

/** Why a completion is over: an end token, `maxTokens`, or the model's context is full. */
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
