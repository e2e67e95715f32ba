import type { LabelKind } from "@/domain/labels/kinds";
import type { CompletionChoice, TaskWish } from "@/domain/tasks/task-wish";
import type { Person } from "./annotator-picker";

/** A `TaskWish` while it is being made: people with their names, null for everyone. */
export interface WishDraft {
  kind: LabelKind;
  taskType: string | null;
  completions: CompletionChoice;
  requiredLabels: number;
  annotators: Person[] | null;
}

export const NEW_WISH: WishDraft = {
  kind: "comparison",
  taskType: null,
  completions: "all",
  requiredLabels: 1,
  annotators: null,
};

export const toWish = ({ annotators, ...draft }: WishDraft): TaskWish => ({
  ...draft,
  annotatorIds: annotators?.map(({ id }) => id) ?? [],
});

/** What is still wrong with it, in words; null where tasks can be made. */
export function wishProblem({ requiredLabels, annotators, completions }: WishDraft): string | null {
  if (typeof completions === "object") {
    const [one, other] = completions.models;
    if (!one || !other) return "Choose the two models whose completions stand against each other.";
    if (one === other) return "Choose two different models.";
  }
  if (!Number.isInteger(requiredLabels) || requiredLabels < 1 || requiredLabels > 50)
    return "Between 1 and 50 people can label a task.";
  if (annotators === null) return null;
  if (annotators.length === 0) return "Choose who may do the tasks.";
  return annotators.length < requiredLabels
    ? `Each task needs ${requiredLabels} people: choose more, or ask for fewer.`
    : null;
}
