import { DomainError } from "@/domain/errors";

/** One step of getting, reading or writing a model, for the page and the command line. */
export interface LoadProgress {
  stage: "waiting" | "downloading" | "unpacking" | "verifying" | "reading" | "writing";
  /** One line for a person to read. */
  message: string;
  /** Bytes that have arrived, and the total if it is known. */
  bytes?: number;
  totalBytes?: number;
}

export interface FetchOptions {
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** Makes the error `cancelled`: nobody is at fault, and nothing half-fetched is left. */
export function fetchCancelled(cause?: unknown): DomainError {
  return new DomainError("cancelled", "Fetching the model was cancelled", undefined, cause);
}
