import { ACTIONS, COMPLETIONS, STATES } from "./enumerable-language";

/** One number a completion, in the order of `COMPLETIONS`. */
export type PerCompletion = readonly number[];

/** A policy as log-probs of each action in each state: [STATES · ACTIONS]. */
export type Table = readonly number[];

/** The policy that maximises E[r] − β·KL(π‖π_ref): π* ∝ π_ref·e^{r/β} (Ziebart 2010; Rafailov et al. 2023, eq. 4). */
export type Optimum = {
  /** log π* of each completion. */
  logProbs: PerCompletion;
  /** log π* as a table of actions. */
  table: Table;
  /** The soft value V*(s) = β log E_ref[e^{r/β} | s] of each state. */
  values: readonly number[];
  /** J* = β log Z, the highest objective that any policy reaches. */
  objective: number;
};

/** log π of each completion: the sum over its actions. */
export function completionLogProbs(table: Table): number[] {
  return COMPLETIONS.map(({ states, actions }) =>
    states.reduce((sum, state, t) => sum + (table[state * ACTIONS + (actions[t] as number)] as number), 0),
  );
}

export function findOptimum(reference: Table, rewards: PerCompletion, beta: number): Optimum {
  const ofReference = new Array<number>(STATES).fill(0);
  const tilted = new Array<number>(STATES).fill(0);
  const tiltedByAction = new Array<number>(STATES * ACTIONS).fill(0);
  const referenceLogProbs = completionLogProbs(reference);
  COMPLETIONS.forEach(({ states, actions }, index) => {
    const mass = Math.exp(referenceLogProbs[index] as number);
    const weighted = mass * Math.exp((rewards[index] as number) / beta);
    states.forEach((state, t) => {
      ofReference[state] = (ofReference[state] as number) + mass;
      tilted[state] = (tilted[state] as number) + weighted;
      const place = state * ACTIONS + (actions[t] as number);
      tiltedByAction[place] = (tiltedByAction[place] as number) + weighted;
    });
  });
  const total = tilted[0] as number;
  const table = tiltedByAction.map((mass, place) => Math.log(mass / (tilted[Math.floor(place / ACTIONS)] as number)));
  return {
    logProbs: referenceLogProbs.map((logProb, index) => logProb + (rewards[index] as number) / beta - Math.log(total)),
    table,
    values: tilted.map((mass, state) => beta * Math.log(mass / (ofReference[state] as number))),
    objective: beta * Math.log(total),
  };
}

/** Total variation, ½ Σ |p − q|. */
export function totalVariation(logP: PerCompletion, logQ: PerCompletion): number {
  return 0.5 * logP.reduce((sum, value, index) => sum + Math.abs(Math.exp(value) - Math.exp(logQ[index] as number)), 0);
}

/** KL(p‖q) = Σ p (log p − log q), nats. */
export function klDivergence(logP: PerCompletion, logQ: PerCompletion): number {
  return expectation(
    logP,
    logP.map((value, index) => value - (logQ[index] as number)),
  );
}

/** Σ p·x */
export function expectation(logP: PerCompletion, values: PerCompletion): number {
  return logP.reduce((sum, value, index) => sum + Math.exp(value) * (values[index] as number), 0);
}

/** J(π) = E_π[r] − β·KL(π‖π_ref). */
export function objective(
  logProbs: PerCompletion,
  referenceLogProbs: PerCompletion,
  rewards: PerCompletion,
  beta: number,
) {
  return expectation(logProbs, rewards) - beta * klDivergence(logProbs, referenceLogProbs);
}
