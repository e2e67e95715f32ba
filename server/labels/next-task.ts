import type { LabelKind } from "@/domain/labels/kinds";
import type { Message } from "@/domain/messages";
import { notBuilt } from "../api/not-built";

/** A task as its annotator sees it: nothing in it tells where a completion came from. */
export interface LabelTask {
  taskId: string;
  kind: LabelKind;
  prompt: { id: string; messages: Message[]; taskType: string };
  /** In the order in which they are to be shown. */
  completions: { id: string; content: string }[];
  leaseExpiresAt: Date;
  guidelineVersionId: string | null;
  rubric: {
    criteria: {
      id: string;
      name: string;
      description: string;
      weight: number;
      steps: { value: number; description: string }[];
    }[];
  } | null;
  draft: string | null;
}

export async function nextTask(_input: {
  projectId: string;
  userId: string;
  kind?: LabelKind;
  exclude: string[];
}): Promise<LabelTask | null> {
  return notBuilt("nextTask");
}
