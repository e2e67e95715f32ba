import { notBuilt } from "../api/not-built";
import type { MyLabelRow } from "./list-my-labels";

export interface LabelRow extends MyLabelRow {
  promptId: string;
  taskType: string;
  annotator: { id: string; name: string };
  durationMs: number | null;
  /** The dataset versions that used it or left it out. */
  datasetVersions: { id: string; version: number; used: boolean; reason: string | null }[];
}

export async function listLabels(_input: {
  projectId: string;
  cursor?: string | null;
  limit: number;
  taskId?: string;
  promptId?: string;
  datasetVersionId?: string;
  annotatorId?: string;
}): Promise<{ rows: LabelRow[]; nextCursor: string | null }> {
  return notBuilt("listLabels");
}
