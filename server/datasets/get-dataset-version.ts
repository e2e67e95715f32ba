import type { LeftOutReason } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import { notBuilt } from "../api/not-built";
import type { DatasetVersionRow } from "./list-dataset-versions";

export interface RecordRow {
  id: string;
  kind: RecordKind;
  split: "train" | "validation";
  line: number;
  promptId: string;
  promptText: string;
  /** The preferred completion of a pair, or the only one. */
  chosen: { id: string; content: string };
  rejected: { id: string; content: string } | null;
  margin: number | null;
  desirable: boolean | null;
  sources: { labelId: string; annotator: { id: string; name: string }; createdAt: Date }[];
}

export interface DatasetVersionDetail extends DatasetVersionRow {
  /** Relative to the instance's data folder. */
  folder: string;
  files: { name: string; sizeBytes: number }[];
  errorMessage: string | null;
  leftOut: { reason: LeftOutReason; count: number }[];
  counts: { kind: RecordKind; split: "train" | "validation"; count: number }[];
  records: RecordRow[];
  nextCursor: string | null;
}

export async function getDatasetVersion(_input: {
  projectId: string;
  datasetVersionId: string;
  cursor?: string | null;
  limit: number;
  kind?: RecordKind;
  split?: "train" | "validation";
}): Promise<DatasetVersionDetail> {
  return notBuilt("getDatasetVersion");
}
