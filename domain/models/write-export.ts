import type { ModelReference } from "../generations/write-text";
import type { ExportFormat, WeightType } from "./export-options";

/** A request to write a model out, as the server puts it to the trainer. */
export interface ExportRequest {
  model: ModelReference;
  format: ExportFormat;
  type: WeightType;
  /** The model's name in its card. */
  title: string;
  /** The model's descent for its card, one line a model back to its base. */
  lineage: string[];
  /** The folder to write. It must not exist; it is complete or absent in the end. */
  to: string;
  signal: AbortSignal;
  /** Receives progress: one line for a person, and bytes of weights where they are being written. */
  onProgress(progress: { message: string; bytes?: number; totalBytes?: number }): void;
}

/** Writes a model out. The trainer implements this, and the worker hands it to the server's use cases. */
export type WriteExport = (request: ExportRequest) => Promise<void>;
