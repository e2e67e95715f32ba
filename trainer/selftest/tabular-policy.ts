import * as tf from "@tensorflow/tfjs";
import type { RunScope } from "../recipes/run-scope";
import { ACTIONS, COMPLETIONS, STATES } from "./enumerable-language";
import type { Table } from "./optimum";

/** A policy that is nothing but its logits, one for each action in each state. */
export type TabularPolicy = {
  /** [STATES, ACTIONS] */
  logits: tf.Variable<tf.Rank.R2>;
  /** Log-probs of actions in states, both [tokens] int32: [tokens]. */
  logProbs(states: tf.Tensor, actions: tf.Tensor): tf.Tensor1D;
  /** Log-probs of all completions: [40]. */
  completionLogProbs(): tf.Tensor1D;
  /** Reads the log-probs out of TensorFlow. */
  table(): Table;
};

export function createTabularPolicy(scope: RunScope, table: Table): TabularPolicy {
  const start = tf.tensor2d([...table], [STATES, ACTIONS]);
  const logits = scope.own(tf.variable(start, true));
  start.dispose();
  const membership = scope.own(tf.tensor2d(actionCounts(), [COMPLETIONS.length, STATES * ACTIONS]));
  const flat = () => tf.reshape(tf.logSoftmax(logits), [-1]);
  return {
    logits,
    logProbs: (states, actions) => {
      const places = tf.add(tf.mul(states, tf.scalar(ACTIONS, "int32")), actions) as tf.Tensor1D;
      return tf.gather(flat(), places) as tf.Tensor1D;
    },
    completionLogProbs: () => tf.reshape(tf.matMul(membership, tf.expandDims(flat(), 1)), [-1]),
    table: () => tf.tidy(() => [...flat().dataSync()]),
  };
}

/** 1 where a completion takes this action in this state: [40 · STATES · ACTIONS] */
function actionCounts(): number[] {
  return COMPLETIONS.flatMap(({ states, actions }) => {
    const row = new Array<number>(STATES * ACTIONS).fill(0);
    states.forEach((state, t) => {
      row[state * ACTIONS + (actions[t] as number)] = 1;
    });
    return row;
  });
}
