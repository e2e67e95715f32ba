/** The limit where a project has generated nothing yet: most answers of a small instruct model end before it. */
export const DEFAULT_TOKEN_LIMIT = 256;

/** The highest limit that a generation takes, in tokens. */
export const MOST_TOKENS = 2048;

/** A limit cuts few completions while at most this share of them runs into it. */
const FEW = 0.05;

/** Suggested limits are multiples of so many tokens. */
const STEP = 32;

/** Counts the completions of a round that were cut at its token limit. */
export interface LastRound {
  completions: number;
  cut: number;
  /** The most new tokens that a completion could have. */
  maxTokens: number;
}

/**
 * Suggests a token limit, in tokens, under which a further round of a kind is expected to cut at most 5 % of its
 * completions.
 *
 * Lengths are taken to be geometric: if a share c of the completions goes on past L tokens, a share of c^k goes on past
 * k·L. Where all completions were cut nothing is known of their length, and the limit is quadrupled. A limit that cut
 * few stays.
 */
export function suggestTokenLimit(last: LastRound | null): number {
  if (!last || last.completions === 0) return DEFAULT_TOKEN_LIMIT;
  const share = last.cut / last.completions;
  if (share <= FEW) return last.maxTokens;
  const times = share === 1 ? 4 : Math.min(4, Math.log(FEW) / Math.log(share));
  return Math.min(MOST_TOKENS, Math.max(last.maxTokens, STEP * Math.ceil((last.maxTokens * times) / STEP)));
}

/** Writes "12 of 96 completions of the last round were cut at 128 tokens."; null where none was cut. */
export function describeCut(last: LastRound | null): string | null {
  if (!last || last.cut === 0) return null;
  const { cut, completions, maxTokens } = last;
  const were = cut === 1 ? "was" : "were";
  const tokens = maxTokens === 1 ? "token" : "tokens";
  return `${cut} of ${completions} completions of the last round ${were} cut at the limit of ${maxTokens} ${tokens}.`;
}
