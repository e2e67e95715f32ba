import type { LabelKind } from "@/domain/labels/kinds";
import { notBuilt } from "../api/not-built";

export type TaskStatus = "open" | "done" | "archived";

export interface TaskRow {
  id: string;
  kind: LabelKind;
  promptId: string;
  promptText: string;
  taskType: string;
  requiredLabels: number;
  labelCount: number;
  status: TaskStatus;
  modelNames: string[];
  createdAt: Date;
}

export interface TaskPage {
  rows: TaskRow[];
  nextCursor: string | null;
  counts: Record<TaskStatus, number>;
}

export async function listTasks(_input: {
  projectId: string;
  cursor?: string | null;
  limit: number;
  kind?: LabelKind;
  status?: TaskStatus;
  promptId?: string;
}): Promise<TaskPage> {
  return notBuilt("listTasks");
}
