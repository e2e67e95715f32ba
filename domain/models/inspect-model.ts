import type { ModelReference } from "../generations/write-text";

/** One thing that was read of a model, in words. */
export interface ModelFact {
  /** The part of the model that the sentence is about, such as "Positions". */
  about: string;
  text: string;
  /** Whether a person should know it before using the model: something was ignored, assumed or changed. */
  isNotice: boolean;
}

/** A request to read a model's files and say what is in them, as the server puts it to the trainer. */
export interface InspectRequest {
  model: ModelReference;
  signal: AbortSignal;
  /** Receives one line for a person while the files are fetched or read. */
  onProgress(progress: { message: string }): void;
}

/** Reads a model's files. The trainer implements this, and the worker hands it to the server's use cases. */
export type InspectModel = (request: InspectRequest) => Promise<ModelFact[]>;
