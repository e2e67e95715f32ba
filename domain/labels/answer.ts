import type { NameOf } from "./completion-names";
import type { AnsweredTask, KindParts } from "./kind-parts";
import { type AnswerOf, LABEL_KINDS, type LabelAnswer, type LabelKind } from "./kinds";

/** An answer beside its kind, for code that takes any kind: `answer` is the value under the kind's own name. */
export type AnswerEntry<Kind extends LabelKind = LabelKind> = { [K in Kind]: { kind: K; answer: AnswerOf<K> } }[Kind];

export const entryOf = (given: LabelAnswer): AnswerEntry =>
  ({ kind: given.kind, answer: (given as Record<string, unknown>)[given.kind] }) as AnswerEntry;

/**
 * Says what is wrong with an answer to this task, in words that follow "This answer can't be kept:"; null where the
 * answer fits.
 */
export const answerProblem = (given: LabelAnswer, task: AnsweredTask): string | null => problemOf(entryOf(given), task);
const problemOf = <Kind extends LabelKind>({ kind, answer }: AnswerEntry<Kind>, task: AnsweredTask): string | null =>
  LABEL_KINDS[kind].problem(answer, task);

/** Says the same answer of completions that have other ids. */
export const renameCompletions = ({ kind, answer }: AnswerEntry, idOf: (completionId: string) => string): LabelAnswer =>
  ({ kind, [kind]: renamed({ kind, answer } as AnswerEntry, idOf) }) as LabelAnswer;
const renamed = <Kind extends LabelKind>({ kind, answer }: AnswerEntry<Kind>, idOf: (id: string) => string) =>
  LABEL_KINDS[kind].rename(answer, idOf);

/** Names the completions that an answer finds the best; none where it says nothing of the kind. */
export const preferredCompletions = (given: LabelAnswer): string[] => bestOf(entryOf(given));
const bestOf = <Kind extends LabelKind>({ kind, answer }: AnswerEntry<Kind>): string[] => {
  const parts: KindParts<Kind, AnswerOf<Kind>, never> = LABEL_KINDS[kind];
  return parts.best?.(answer) ?? [];
};

/** Says an answer in a few words for a list. */
export const describeAnswer = (given: LabelAnswer, nameOf: NameOf): string => descriptionOf(entryOf(given), nameOf);
const descriptionOf = <Kind extends LabelKind>({ kind, answer }: AnswerEntry<Kind>, nameOf: NameOf): string =>
  LABEL_KINDS[kind].describe(answer, nameOf);
