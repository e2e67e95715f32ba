import type { ReactNode } from "react";
import type { AnswerOf, LabelAnswer, LabelKind } from "@/domain/labels/kinds";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { LabelTask } from "../use-task-queue";

/** The part of a submission that a label kind's page fills in; the desk adds task, order, time and key. */
export type AnswerBody = LabelAnswer & Pick<LabelSubmission, "note" | "flagged">;

/** What the desk gives to the page of a label kind. */
export interface TaskPageProps {
  task: LabelTask;
  /** The kept draft in the page's own words, or null. */
  draft: string | null;
  /** For a moment after the task has appeared nothing is submitted. */
  isDeaf: boolean;
  onDraft(content: string): void;
  onSubmit(body: AnswerBody): void;
}

/** What the site shows of one label kind: one such object beside each kind's view, listed in `label/kinds.ts`. */
export interface KindPage<Kind extends LabelKind> {
  /** The view on which a task of this kind is answered and an answer corrected. */
  Task(props: TaskPageProps): ReactNode;
  /** A given answer in the words of the view's draft, so that the view opens with what was said. */
  draftOf(answer: AnswerOf<Kind>, given: { shown: readonly string[]; note: string | null }): object;
}
