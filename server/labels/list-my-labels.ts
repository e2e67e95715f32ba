import type { LabelKind } from "@/domain/labels/kinds";
import { notBuilt } from "../api/not-built";

export interface MyLabelRow {
  id: string;
  taskId: string;
  kind: LabelKind;
  promptText: string;
  /** What was said, in words: "left clearly better". */
  outcome: string;
  note: string | null;
  flagged: boolean;
  createdAt: Date;
  superseded: boolean;
  withdrawn: boolean;
}

export async function listMyLabels(_input: {
  projectId: string;
  userId: string;
  cursor?: string | null;
  limit: number;
}): Promise<{ rows: MyLabelRow[]; nextCursor: string | null }> {
  return notBuilt("listMyLabels");
}
