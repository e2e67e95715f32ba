import type { LabelKind } from "@/domain/labels/kinds";
import { notBuilt } from "../api/not-built";

export interface LabelProgress {
  mine: { today: number; total: number };
  /** Tasks that are open for this person. */
  remaining: number;
  /** Tasks of the project. */
  total: number;
  byKind: { kind: LabelKind; remaining: number }[];
}

export async function labelProgress(_input: { projectId: string; userId: string }): Promise<LabelProgress> {
  return notBuilt("labelProgress");
}
