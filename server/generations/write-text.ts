import type { Message } from "@/domain/messages";
import type { ModelReference } from "../models/resolve-model";

export interface TextRequest {
  model: ModelReference;
  prompts: { messages: Message[]; seed: number }[];
  samples: number;
  /** 0 is greedy. */
  temperature: number;
  topP: number;
  maxTokens: number;
  /** A person waits for it: whatever else is being written pauses meanwhile. */
  interactive: boolean;
  signal: AbortSignal;
  /** What happens before the first token, in words: fetching, loading. */
  onActivity: (activity: string) => void;
}

/** `prompt` is the place in the request. */
export type TextEvent =
  | { type: "text"; prompt: number; sample: number; text: string; tokens: number }
  | {
      type: "completion";
      prompt: number;
      sample: number;
      content: string;
      tokens: number;
      finish: "stop" | "length" | "context";
    }
  /** This prompt cannot be completed by this model (longer than its context); the others can. */
  | { type: "refused"; prompt: number; reason: string };

/** The language models, as the worker hands them in. */
export type WriteText = (request: TextRequest) => AsyncIterable<TextEvent>;
