import * as tf from "@tensorflow/tfjs";
import { fusedAdam } from "../engine/fused-adam";
import { type OptimizerTensor, readVariables, restoreVariables } from "./optimizer-state";

export interface AdamWOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Decoupled weight decay, which applies to matrices only: biases and norms have one dimension and stay free. */
  weightDecay?: number;
  /**
   * Names for the exported state, one a variable, that do not change between processes. Default: the variables' own.
   */
  names?: string[];
}

export interface AdamW {
  /**
   * Takes one step; `gradients` are named as `tf.variableGrads` names them. May stand inside a compiled function: the
   * learning rate is a tensor (a scalar) and the step count a variable of the optimizer. A variable without a gradient
   * is left alone.
   */
  update(gradients: tf.NamedTensorMap, learningRate: tf.Scalar): void;
  /** Gives everything that a resumed run needs to go on bit for bit. */
  exportState(): Promise<OptimizerTensor[]>;
  /** Throws a DomainError `checkpoint-invalid` if a tensor is missing or has another shape; then nothing is changed. */
  importState(tensors: Iterable<OptimizerTensor>): void;
  dispose(): void;
}

/**
 * AdamW (Loshchilov & Hutter 2019) with PyTorch's arithmetic: ε is added outside the square root, after the bias
 * correction, and the decay multiplies the weight by 1 − lr·λ before the step:
 *   m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²
 *   w ← (1 − lr·λ)·w − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
 */
export function createAdamW(variables: tf.Variable[], options: AdamWOptions = {}): AdamW {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const names = options.names ?? variables.map((variable) => variable.name);
  const zeros = (variable: tf.Variable) => tf.tidy(() => tf.variable(tf.fill(variable.shape, 0), false));
  const step = tf.tidy(() => tf.variable(tf.scalar(0), false));
  const moments = variables.map((variable) => ({ first: zeros(variable), second: zeros(variable) }));

  const state = new Map<string, tf.Variable>([["step", step]]);
  moments.forEach(({ first, second }, i) => {
    state.set(`${names[i]}/first_moment`, first);
    state.set(`${names[i]}/second_moment`, second);
  });

  const update = (gradients: tf.NamedTensorMap, learningRate: tf.Scalar) => {
    const t = tf.add(step, 1);
    step.assign(t as tf.Scalar);
    const rootCorrection = tf.sqrt(biasCorrection(beta2, t));
    const stepSize = tf.div(learningRate, biasCorrection(beta1, t));
    const keep = tf.sub(1, tf.mul(learningRate, weightDecay));
    // The step is lr′ · m / (√v + ε′) with both multiplied by √(1 − β₂ᵗ), which is the form of TensorFlow's fused op.
    const rate = tf.mul(stepSize, rootCorrection);
    const scaledEpsilon = tf.mul(rootCorrection, epsilon);
    const fused = fusedAdam({ beta1, beta2, learningRate: rate, epsilon: scaledEpsilon });
    variables.forEach((variable, i) => {
      const gradient = gradients[variable.name];
      if (!gradient) return;
      const { first, second } = moments[i]!;
      if (weightDecay !== 0 && variable.rank >= 2) variable.assign(tf.mul(variable, keep));
      if (fused) {
        fused(variable, first, second, gradient);
        return;
      }
      first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
      second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
      const denominator = tf.add(tf.sqrt(second), scaledEpsilon);
      variable.assign(tf.sub(variable, tf.mul(rate, tf.div(first, denominator))));
    });
  };

  return {
    update: (gradients, learningRate) => {
      tf.tidy(() => update(gradients, learningRate));
    },
    exportState: () => readVariables(state),
    importState: (tensors) => restoreVariables(state, tensors),
    dispose: () => {
      for (const variable of state.values()) variable.dispose();
    },
  };
}

/** 1 − βᵗ, computed as −expm1(t · ln β), because float32 loses five digits of 1 − 0.999¹ when it subtracts. */
function biasCorrection(beta: number, t: tf.Tensor): tf.Tensor {
  return tf.neg(tf.expm1(tf.mul(t, Math.log(beta))));
}
