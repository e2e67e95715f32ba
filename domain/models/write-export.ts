import type { ModelReference } from "../generations/write-text";
import type { ExportFormat, WeightType } from "./export-options";

/** A request to write a model out, as the server puts it to the trainer. */
export interface ExportRequest {
  model: ModelReference;
  format: ExportFormat;
  type: WeightType;
  /** Name for people, in its card. */
  title: string;
  /** Where it comes from, a line a model back to its base; for its card. */
  lineage: string[];
  /** The folder to write, which does not exist yet; whole or not there in the end. */
  to: string;
  signal: AbortSignal;
  /** One line for a person; bytes of weights where they are being written. */
  onProgress(progress: { message: string; bytes?: number; totalBytes?: number }): void;
}

/** The trainer's side of an export, handed to the server's use cases by the worker. */
export type WriteExport = (request: ExportRequest) => Promise<void>;
