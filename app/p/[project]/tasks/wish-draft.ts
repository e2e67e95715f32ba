import type { LabelKind } from "@/domain/labels/kinds";
import type { TaskWish } from "@/domain/tasks/task-wish";
import type { Person } from "./annotator-picker";

/** A `TaskWish` while it is being made: people with their names, null for everyone. */
export interface WishDraft {
  kind: LabelKind;
  taskType: string | null;
  requiredLabels: number;
  annotators: Person[] | null;
}

export const NEW_WISH: WishDraft = { kind: "comparison", taskType: null, requiredLabels: 1, annotators: null };

export const toWish = ({ annotators, ...draft }: WishDraft): TaskWish => ({
  ...draft,
  annotatorIds: annotators?.map(({ id }) => id) ?? [],
});

/** What is still wrong with it, in words; null where tasks can be made. */
export function wishProblem({ requiredLabels, annotators }: WishDraft): string | null {
  if (!Number.isInteger(requiredLabels) || requiredLabels < 1 || requiredLabels > 50)
    return "Between 1 and 50 people can label a task.";
  if (annotators === null) return null;
  if (annotators.length === 0) return "Choose who may do the tasks.";
  return annotators.length < requiredLabels
    ? `Each task needs ${requiredLabels} people: choose more, or ask for fewer.`
    : null;
}
