import type { SkipReason } from "@/domain/labels/submission";
import { notBuilt } from "../api/not-built";

export async function skipTask(_input: {
  projectId: string;
  userId: string;
  taskId: string;
  reason: SkipReason;
}): Promise<void> {
  return notBuilt("skipTask");
}
