import * as tf from "@tensorflow/tfjs";
import { createRandom } from "../engine/random";
import { gae, gaeByLoop } from "../losses/gae";
import { maskOf, padded, unpadded } from "../recipes/ppo/token-rows";
import { atLeast, atMost, type Check } from "./check";
import { enumeratedAdvantages, largest } from "./enumerated-experience";
import { completionLogProbs, expectation, klDivergence } from "./optimum";
import { randomTable, type Setting } from "./setting";

/**
 * Checks that at π* no action is better than another: with the soft value V*(s) = β log E_ref[e^{r/β} | s] every
 * token's advantage is 0, whatever λ is. For another policy some advantages are not 0.
 */
export function checkAdvantages({ beta, reference, rewards, optimum }: Setting): Check[] {
  const at = (policy: readonly number[]) =>
    largest(enumeratedAdvantages({ policy, reference, scores: rewards, values: optimum.values, beta }).advantages);
  return [
    atMost("PPO at π*: largest advantage of a token under the soft value", at(optimum.table), 1e-5),
    atLeast("PPO at π_ref: largest advantage of a token under the soft value", at(reference), 0.1),
  ];
}

/**
 * Checks that a policy's loss of objective is β times its distance from the optimum: J* − J(π) = β·KL(π‖π*), for any π.
 */
export function checkObjective({ beta, reference, rewards, optimum }: Setting): Check[] {
  const random = createRandom(11);
  const errors = Array.from({ length: 5 }, () => {
    const policy = randomTable(random.normal);
    const logProbs = completionLogProbs(policy);
    const input = { policy, reference, scores: rewards, values: optimum.values, beta };
    const totals = enumeratedAdvantages(input).rewards.map((row) => row.reduce((sum, reward) => sum + reward, 0));
    const lost = optimum.objective - expectation(logProbs, totals);
    return Math.abs(lost - beta * klDivergence(logProbs, optimum.logProbs));
  });
  return [atMost("J* − J(π) − β·KL(π‖π*) of five random policies: largest", Math.max(...errors), 1e-5)];
}

/** Compares the recurrence of the paper with the one product that the recipe uses. */
export function checkGae(): Check[] {
  const random = createRandom(5);
  const lengths = Array.from({ length: 24 }, () => 1 + random.integer(32));
  const draw = () => lengths.map((length) => Array.from({ length }, () => random.normal()));
  const [rewards, values] = [draw(), draw()];
  const discounts = { gamma: 0.98, lambda: 0.95 };
  const time = Math.max(...lengths);
  const vectorised = tf.tidy(() =>
    unpadded(gae(padded(rewards, time), padded(values, time), maskOf(lengths, time), discounts), lengths),
  );
  const differences = lengths.map((_, i) => {
    const byLoop = gaeByLoop(rewards[i] as number[], values[i] as number[], discounts);
    return byLoop.map((value, t) => value - (vectorised[i]?.[t] ?? Number.NaN));
  });
  return [atMost("GAE by loop − GAE vectorised: largest", largest(differences), 1e-5)];
}
