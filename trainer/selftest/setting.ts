import { createRandom } from "../engine/random";
import { ACTIONS, COMPLETIONS, STATES } from "./enumerable-language";
import { completionLogProbs, findOptimum, type Optimum, type PerCompletion, type Table } from "./optimum";

/** The problem that all checks share: a reference policy, rewards r ~ N(0, 1), β, and its exact answer. */
export type Setting = {
  beta: number;
  reference: Table;
  referenceLogProbs: PerCompletion;
  rewards: PerCompletion;
  optimum: Optimum;
};

export function createSetting(seed = 1): Setting {
  const random = createRandom(seed);
  const beta = 0.5;
  const reference = randomTable(random.normal);
  const rewards = COMPLETIONS.map(() => random.normal());
  return {
    beta,
    reference,
    referenceLogProbs: completionLogProbs(reference),
    rewards,
    optimum: findOptimum(reference, rewards, beta),
  };
}

/** Makes log-probs from logits ~ N(0, ½²): no action is certain and none is impossible. */
export function randomTable(normal: () => number): Table {
  return Array.from({ length: STATES }, () => {
    const logits = Array.from({ length: ACTIONS }, () => 0.5 * normal());
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - total);
  }).flat();
}
