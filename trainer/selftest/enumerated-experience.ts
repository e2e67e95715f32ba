import { type AdvantageSettings, estimateAdvantages } from "../recipes/ppo/estimate-advantages";
import { ACTIONS, COMPLETIONS } from "./enumerable-language";
import type { PerCompletion, Table } from "./optimum";

/** One number a token, for each of the 40 completions. */
export type PerToken = number[][];

export function tokensOf(table: Table): PerToken {
  return COMPLETIONS.map(({ states, actions }) =>
    states.map((state, t) => table[state * ACTIONS + (actions[t] as number)] as number),
  );
}

export function valuesOf(values: readonly number[]): PerToken {
  return COMPLETIONS.map(({ states }) => states.map((state) => values[state] as number));
}

export const ORACLE_ADVANTAGES: Omit<AdvantageSettings, "klCoefficient"> = {
  advantageEstimator: "gae",
  klEstimator: "k1",
  gamma: 1,
  lambda: 0.95,
};

/**
 * Computes PPO's rewards for each token, and advantages before whitening (which would blow zeros up to one), over the
 * whole language, every completion once.
 */
export function enumeratedAdvantages(input: {
  policy: Table;
  reference: Table;
  scores: PerCompletion;
  values: readonly number[];
  beta: number;
}): { rewards: PerToken; advantages: PerToken } {
  const values = valuesOf(input.values);
  const { rewards, returns } = estimateAdvantages(
    {
      logProbs: tokensOf(input.policy),
      referenceLogProbs: tokensOf(input.reference),
      values,
      scores: input.scores,
      prompts: COMPLETIONS.map(() => 0),
    },
    { ...ORACLE_ADVANTAGES, klCoefficient: input.beta },
  );
  return {
    rewards: rewards.map((row) => [...row]),
    advantages: returns.map((row, i) => [...row].map((value, t) => value - Math.fround(values[i]?.[t] as number))),
  };
}

export function largest(values: PerToken): number {
  return values
    .flat()
    .reduce((most, value) => (Math.abs(value) > most || Number.isNaN(value) ? Math.abs(value) : most), 0);
}
