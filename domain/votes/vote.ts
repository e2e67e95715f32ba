/**
 * What one person said of two completions that different models wrote to one prompt. A comparison is one vote, a ranking
 * one for each two of its completions by different models.
 */
export interface Vote {
  promptId: string;
  voterId: string;
  /** The two model versions; which of them is named first says nothing. */
  first: string;
  second: string;
  outcome: VoteOutcome;
  /** Whether the first model's completion stood on the left, or above; null where both were shown together in no order. */
  firstShownFirst: boolean | null;
  /** The lengths of the two completions in characters. */
  firstLength: number;
  secondLength: number;
}

export const VOTE_OUTCOMES = ["first", "second", "tie", "both-bad"] as const;
export type VoteOutcome = (typeof VOTE_OUTCOMES)[number];

/** Gives the vote as seen from its other model. */
export const turned = (vote: Vote): Vote => ({
  ...vote,
  first: vote.second,
  second: vote.first,
  outcome: vote.outcome === "first" ? "second" : vote.outcome === "second" ? "first" : vote.outcome,
  firstShownFirst: vote.firstShownFirst === null ? null : !vote.firstShownFirst,
  firstLength: vote.secondLength,
  secondLength: vote.firstLength,
});
