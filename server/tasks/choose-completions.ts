import type { LabelKind } from "@/domain/labels/kinds";
import { MAX_RANKED_COMPLETIONS } from "@/domain/labels/ranking";
import { distinctTexts } from "./distinct-texts";

export interface Candidate {
  id: string;
  content: string;
  generationId: string | null;
}

/** How many different completions a task of each kind needs, and how many it takes. */
const WANTED: Record<LabelKind, { least: number; most: number }> = {
  demonstration: { least: 0, most: 0 },
  comparison: { least: 2, most: 2 },
  ranking: { least: 3, most: MAX_RANKED_COMPLETIONS },
  rating: { least: 1, most: 4 },
};

/**
 * The completions that a task of this kind puts side by side: those of the prompt's latest generation (all, where none
 * was generated), equal texts once, and none without text.
 *
 * @param candidates a prompt's completions, oldest first
 * @returns null where there are too few different ones
 */
export function chooseCompletions(kind: LabelKind, candidates: readonly Candidate[]): Candidate[] | null {
  const { least, most } = WANTED[kind];
  const latest = candidates.findLast(({ generationId }) => generationId !== null)?.generationId;
  const distinct = distinctTexts(candidates.filter(({ generationId }) => !latest || generationId === latest));
  return distinct.length < least ? null : distinct.slice(0, most);
}
