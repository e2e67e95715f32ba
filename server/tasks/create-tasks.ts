import type { LabelKind } from "@/domain/labels/kinds";
import { notBuilt } from "../api/not-built";

export type TaskSkippedReason = "too_few_distinct_completions" | "task_exists";

export async function createTasks(_input: {
  projectId: string;
  userId: string;
  kind: LabelKind;
  promptIds: "all" | string[];
  requiredLabels: number;
}): Promise<{ created: number; skipped: { reason: TaskSkippedReason; count: number }[] }> {
  return notBuilt("createTasks");
}
