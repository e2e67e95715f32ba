import type { LeftOutReason } from "@/domain/datasets/ledger";
import { notBuilt } from "../api/not-built";

export interface SplitCounts {
  train: number;
  validation: number;
}

/** What a dataset version taken now would hold. */
export interface DatasetPreview {
  exported: number;
  used: number;
  leftOut: { reason: LeftOutReason; count: number }[];
  pairs: SplitCounts;
  demonstrations: SplitCounts;
  unpaired: SplitCounts;
  /** Records by their prompt's task type. */
  taskTypes: { name: string; count: number }[];
  latest: { id: string; version: number; usedCount: number } | null;
  /** Live labels that the latest version has not seen. */
  newSinceLatest: number;
}

export async function previewDataset(_projectId: string): Promise<DatasetPreview> {
  return notBuilt("previewDataset");
}
