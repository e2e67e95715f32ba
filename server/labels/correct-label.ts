import type { LabelSubmission } from "@/domain/labels/submission";
import { notBuilt } from "../api/not-built";
import type { SubmittedLabel } from "./submit-label";

export async function correctLabel(_input: {
  projectId: string;
  userId: string;
  labelId: string;
  submission: LabelSubmission;
}): Promise<SubmittedLabel> {
  return notBuilt("correctLabel");
}
