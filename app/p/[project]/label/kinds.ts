import type { Outputs } from "@/app/trpc-client";
import { type AnswerEntry, entryOf } from "@/domain/labels/answer";
import type { LabelKind } from "@/domain/labels/kinds";
import { comparisonPage } from "./kinds/comparison/comparison-task";
import { demonstrationPage } from "./kinds/demonstration/demonstration-task";
import type { KindPage } from "./kinds/kind-page";
import { rankingPage } from "./kinds/ranking/ranking-task";
import { ratingPage } from "./kinds/rating/rating-task";

export const KIND_PAGES: { [Kind in LabelKind]: KindPage<Kind> } = {
  comparison: comparisonPage,
  demonstration: demonstrationPage,
  ranking: rankingPage,
  rating: ratingPage,
};

/** A given answer in the words of its view's draft, so that the view opens with what was said. */
export function draftOfAnswer({ task, answer }: Outputs["labels"]["reopen"]): string {
  const shown = task.completions.map(({ id }) => id);
  return JSON.stringify(draftOf(entryOf(answer), { shown, note: answer.note }));
}

const draftOf = <Kind extends LabelKind>(
  { kind, answer }: AnswerEntry<Kind>,
  given: { shown: readonly string[]; note: string | null },
): object => KIND_PAGES[kind].draftOf(answer, given);
