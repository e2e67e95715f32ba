import { wilsonInterval } from "../statistics/share";
import { tQuantile } from "../statistics/t-quantile";
import type { Vote, VoteOutcome } from "./vote";

/** From this many people on, the interval speaks of other people as well; fewer can't tell how much people differ. */
export const FEWEST_PEOPLE = 8;

/** How often one model version was preferred to another one. */
export interface WinRate {
  wins: number;
  losses: number;
  ties: number;
  bothBad: number;
  prompts: number;
  people: number;
  /** wins ÷ (wins + losses); null where nobody preferred either of them. */
  value: number | null;
  /** The 95 % interval of the value; null where fewer than two prompts tell. */
  low: number | null;
  high: number | null;
  /**
   * What the interval speaks of: votes of the same people on other prompts, or of other people on other prompts.
   */
  speaksOf: "same-people" | "other-people";
}

type Counts = { wins: number; decided: number };

/**
 * Counts the votes between two model versions. Votes on one prompt hang together, and so do votes of one person: with
 * p = wins ÷ n of the n decided votes, the variance of p is V_prompt + V_person − V_both, each of them
 * C/(C−1) · Σ (w_c − p·n_c)² ÷ n² over its C clusters (Cameron, Gelbach & Miller 2011, eq. 2.13). The interval is Wilson's
 * for as many independent votes as have that variance, n_eff = p(1−p) ÷ V, narrowed by (z ÷ t)² since V is an estimate
 * from few clusters (Korn & Graubard 1998). Where all votes agree, each prompt counts as one vote.
 *
 * @param votes each names the model in question first
 */
export function winRate(votes: Iterable<Pick<Vote, "promptId" | "voterId" | "outcome">>): WinRate {
  const outcomes: Record<VoteOutcome, number> = { first: 0, second: 0, tie: 0, "both-bad": 0 };
  const [byPrompt, byPerson, byBoth] = [new Clusters(), new Clusters(), new Clusters()];
  const [prompts, people] = [new Set<string>(), new Set<string>()];
  for (const { promptId, voterId, outcome } of votes) {
    outcomes[outcome]++;
    prompts.add(promptId);
    people.add(voterId);
    if (outcome !== "first" && outcome !== "second") continue;
    byPrompt.add(promptId, outcome === "first");
    byPerson.add(voterId, outcome === "first");
    byBoth.add(`${promptId} ${voterId}`, outcome === "first");
  }
  const { first: wins, second: losses, tie: ties, "both-bad": bothBad } = outcomes;
  const decided = wins + losses;
  const speaksOf = byPerson.size < FEWEST_PEOPLE ? "same-people" : "other-people";
  const told = { wins, losses, ties, bothBad, prompts: prompts.size, people: people.size, speaksOf } as const;
  if (decided === 0) return { ...told, value: null, low: null, high: null };
  const value = wins / decided;
  if (byPrompt.size < 2) return { ...told, value, low: null, high: null };
  return { ...told, value, ...wilsonInterval(value, effectiveVotes()) };

  function effectiveVotes(): number {
    // Where nothing varies, a variance can't be estimated.
    if (value === 0 || value === 1)
      return speaksOf === "same-people" ? byPrompt.size : Math.min(byPrompt.size, byPerson.size);
    const byPrompts = byPrompt.variance(value, decided);
    const variance =
      speaksOf === "same-people"
        ? byPrompts
        : Math.max(byPrompts, byPrompts + byPerson.variance(value, decided) - byBoth.variance(value, decided));
    const clusters = speaksOf === "same-people" ? byPrompt.size : Math.min(byPrompt.size, byPerson.size);
    const independent = Math.min(decided, (value * (1 - value)) / variance);
    return independent * (1.959963984540054 / tQuantile(clusters - 1)) ** 2;
  }
}

/** The decided votes by something that they share. */
class Clusters {
  readonly #counts = new Map<string, Counts>();

  add(cluster: string, isWin: boolean): void {
    const counts = this.#counts.get(cluster);
    if (counts) {
      counts.wins += Number(isWin);
      counts.decided++;
    } else this.#counts.set(cluster, { wins: Number(isWin), decided: 1 });
  }

  get size(): number {
    return this.#counts.size;
  }

  /** The variance of the share `value` of `total` votes, where the clusters are independent of each other. */
  variance(value: number, total: number): number {
    const size = this.size;
    if (size < 2) return 0;
    let squares = 0;
    for (const { wins, decided } of this.#counts.values()) squares += (wins - value * decided) ** 2;
    return ((size / (size - 1)) * squares) / total ** 2;
  }
}
