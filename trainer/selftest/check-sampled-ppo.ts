import * as tf from "@tensorflow/tfjs";
import { callOnce } from "../engine/compile-named";
import { createRandom, type Random } from "../engine/random";
import { gradientFunction } from "../recipes/gradient-function";
import { estimateAdvantages } from "../recipes/ppo/estimate-advantages";
import { type Learner, learn, stepsPerIteration } from "../recipes/ppo/learn";
import { type PolicyTokens, policyLoss, type ValueTokens, valueLoss } from "../recipes/ppo/policy-loss";
import { flat, type TokenRows, tokenWeights } from "../recipes/ppo/token-rows";
import { RunScope } from "../recipes/run-scope";
import { createUpdate } from "../recipes/update";
import { atLeast, atMost, type Check } from "./check";
import { ACTIONS, COMPLETIONS, END, STATES, stateAfter } from "./enumerable-language";
import { ORACLE_ADVANTAGES } from "./enumerated-experience";
import { completionLogProbs, objective, type Table, totalVariation } from "./optimum";
import type { Setting } from "./setting";
import { createTabularPolicy } from "./tabular-policy";
import { oracleUpdate } from "./update-settings";

const SETTINGS = {
  ppoEpochs: 2,
  minibatchSize: 256,
  microBatchSize: 256,
  clipRange: 0.2,
  valueClipRange: 0.2,
  entropyCoefficient: 0,
  seed: 4,
};
const COMPLETIONS_AN_ITERATION = 512;
/** Every minibatch has this number of tokens: 256 completions of at most three tokens. */
const TOKENS = SETTINGS.minibatchSize * 3;

/**
 * Runs PPO as the recipe does (sampled completions, GAE from a learned value, whitening, epochs × minibatches of the
 * clipped losses, AdamW), with a table in the place of the network. It must find the known optimum.
 */
export async function checkSampledPpo(setting: Setting, iterations = 150): Promise<Check[]> {
  const { beta, referenceLogProbs, rewards, optimum } = setting;
  const found = completionLogProbs(await runPpo(setting, iterations));
  const start = objective(referenceLogProbs, referenceLogProbs, rewards, beta);
  const gained = objective(found, referenceLogProbs, rewards, beta) - start;
  return [
    atLeast("sampled PPO: share of J* − J(π_ref) recovered", gained / (optimum.objective - start), 0.98),
    atMost("sampled PPO: total variation to π*", totalVariation(found, optimum.logProbs), 0.05),
  ];
}

async function runPpo({ reference, rewards, beta }: Setting, iterations: number): Promise<Table> {
  const scope = new RunScope();
  try {
    const random = createRandom(SETTINGS.seed);
    const policy = createTabularPolicy(scope, reference);
    const values = scope.own(tf.tidy(() => tf.variable<tf.Rank.R1>(tf.zeros<tf.Rank.R1>([STATES]), true)));
    type Visited = { states: tf.Tensor1D; actions: tf.Tensor1D };
    const policyGradients = gradientFunction(
      scope,
      "oracle-policy",
      [policy.logits],
      ({ states, actions, ...tokens }: Visited & PolicyTokens) =>
        policyLoss({ logProbs: policy.logProbs(states, actions), entropies: null }, tokens, SETTINGS),
    );
    const valueGradients = gradientFunction(
      scope,
      "oracle-value",
      [values],
      ({ states, ...tokens }: Pick<Visited, "states"> & ValueTokens) =>
        valueLoss(tf.gather(values, states), tokens, SETTINGS),
    );
    const perIteration = stepsPerIteration(COMPLETIONS_AN_ITERATION, SETTINGS);
    const policyUpdate = scope.own(createUpdate(oracleUpdate(0.05), [policy.logits], iterations * perIteration));
    const valueUpdate = scope.own(createUpdate(oracleUpdate(0.1), [values], iterations * perIteration));

    for (let iteration = 0; iteration < iterations; iteration++) {
      const table = policy.table();
      const rollout = Array.from({ length: COMPLETIONS_AN_ITERATION }, () => sample(table, random));
      const valueTable = values.dataSync();
      const read = (from: Table) =>
        rollout.map(({ states, actions }) =>
          states.map((state, t) => from[state * ACTIONS + (actions[t] as number)] as number),
        );
      const oldLogProbs = read(table);
      const oldValues = rollout.map(({ states }) => states.map((state) => valueTable[state] as number));
      const { advantages, returns } = estimateAdvantages(
        {
          logProbs: oldLogProbs,
          referenceLogProbs: read(reference),
          values: oldValues,
          scores: rollout.map(({ completion }) => rewards[completion] as number),
          prompts: rollout.map(() => 0),
        },
        { ...ORACLE_ADVANTAGES, klCoefficient: beta },
      );

      const lengths = rollout.map(({ actions }) => actions.length);
      const column = (rows: TokenRows, micro: readonly number[]) => flat(rows, micro, TOKENS);
      const integers = (rows: TokenRows, micro: readonly number[]) => {
        const values = flat(rows, micro, TOKENS);
        const cast: tf.Tensor1D = tf.cast(values, "int32");
        values.dispose();
        return cast;
      };
      const states = rollout.map((one) => one.states);
      const actions = rollout.map((one) => one.actions);
      const weightsOf = (micro: readonly number[], minibatch: readonly number[]) =>
        tokenWeights(lengths, micro, minibatch, TOKENS);
      const policyLearner: Learner = {
        update: policyUpdate,
        gradients: (micro, minibatch) =>
          callOnce(policyGradients, {
            states: integers(states, micro),
            actions: integers(actions, micro),
            oldLogProbs: column(oldLogProbs, micro),
            advantages: column(advantages, micro),
            weights: weightsOf(micro, minibatch),
          }),
      };
      const valueLearner: Learner = {
        update: valueUpdate,
        gradients: (micro, minibatch) =>
          callOnce(valueGradients, {
            states: integers(states, micro),
            oldValues: column(oldValues, micro),
            returns: column(returns, micro),
            weights: weightsOf(micro, minibatch),
          }),
      };
      const at = { iteration, firstStep: iteration * perIteration };
      const signal = new AbortController().signal;
      await learn(policyLearner, lengths, SETTINGS, at, signal);
      await learn(valueLearner, lengths, SETTINGS, at, signal);
    }
    return policy.table();
  } finally {
    scope.dispose();
  }
}

type Sampled = { states: number[]; actions: number[]; completion: number };

const indexOf = new Map(COMPLETIONS.map(({ actions }, index) => [actions.join(), index]));

function sample(table: Table, random: Random): Sampled {
  const states: number[] = [];
  const actions: number[] = [];
  for (let state = 0; state < STATES; ) {
    let left = random.next();
    let action = 0;
    while (action < ACTIONS - 1) {
      left -= Math.exp(table[state * ACTIONS + action] as number);
      if (left < 0) break;
      action++;
    }
    states.push(state);
    actions.push(action);
    if (action === END) break;
    state = stateAfter(state, action);
  }
  return { states, actions, completion: indexOf.get(actions.join()) as number };
}
