import { LABEL_KINDS, type LabelKind } from "@/domain/labels/kinds";
import { distinctTexts } from "./distinct-texts";

export interface Candidate {
  id: string;
  content: string;
  generationId: string | null;
}

/**
 * Chooses the completions that a task of this kind puts side by side: those of the prompt's latest generation (all,
 * where none was generated), equal texts once, and none without text.
 *
 * @param candidates a prompt's completions, oldest first
 * @returns null where there are too few different ones
 */
export function chooseCompletions(kind: LabelKind, candidates: readonly Candidate[]): Candidate[] | null {
  const { least, most } = LABEL_KINDS[kind].completions;
  const latest = candidates.findLast(({ generationId }) => generationId !== null)?.generationId;
  const distinct = distinctTexts(candidates.filter(({ generationId }) => !latest || generationId === latest));
  return distinct.length < least ? null : distinct.slice(0, most);
}
