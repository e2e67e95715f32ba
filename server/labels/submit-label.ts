import type { LabelSubmission } from "@/domain/labels/submission";
import { notBuilt } from "../api/not-built";

export interface SubmittedLabel {
  labelId: string;
  taskDone: boolean;
  /** Which model wrote what: told only now that the answer is given. */
  reveal: { completionId: string; modelName: string | null }[];
}

export async function submitLabel(_input: {
  projectId: string;
  userId: string;
  submission: LabelSubmission;
}): Promise<SubmittedLabel> {
  return notBuilt("submitLabel");
}
