import type { LabelSubmission } from "@/domain/labels/submission";
import type { LabelTask } from "./use-task-queue";

type WithoutEnvelope<Submission> = Submission extends LabelSubmission
  ? Omit<Submission, "taskId" | "idempotencyKey" | "shownOrder" | "durationMs">
  : never;

/** The part of a submission that a label kind's page fills in; the desk adds task, order, time and key. */
export type AnswerBody = WithoutEnvelope<LabelSubmission>;

/** What the desk gives to the page of a label kind. */
export interface TaskPageProps {
  task: LabelTask;
  /** The kept draft in the page's own words, or null. */
  draft: string | null;
  onDraft(content: string): void;
  onSubmit(body: AnswerBody): void;
}
