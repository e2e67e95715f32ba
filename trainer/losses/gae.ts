import * as tf from "@tensorflow/tfjs";

export type Discounts = {
  /** γ; 1 for completions, whose reward comes at the end. */
  gamma: number;
  /** λ: 0 trusts the values, 1 the rewards. */
  lambda: number;
};

/**
 * Generalised advantage estimation (Schulman et al. 2016, arXiv 1506.02438, eq. 16) over one completion, backwards:
 *
 *   δ_t = r_t + γ V_{t+1} − V_t,  A_t = δ_t + γλ A_{t+1},  V and A after the last token being 0
 *
 * @param rewards, values one a token; `values[t]` is V of what stands before token t
 */
export function gaeByLoop(
  rewards: readonly number[],
  values: readonly number[],
  { gamma, lambda }: Discounts,
): number[] {
  const advantages = new Array<number>(rewards.length).fill(0);
  let next = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = (rewards[t] as number) + gamma * (values[t + 1] ?? 0) - (values[t] as number);
    next = delta + gamma * lambda * next;
    advantages[t] = next;
  }
  return advantages;
}

/**
 * Generalised advantage estimation for all completions at once, as one product with the powers of γλ: A_t = Σ_{k≥t}
 * (γλ)^{k−t} δ_k.
 *
 * @param rewards, values, mask [sequences, time]; a completion's tokens come first, its padding (mask 0) last
 * @returns [sequences, time], 0 at padding
 */
export function gae(
  rewards: tf.Tensor2D,
  values: tf.Tensor2D,
  mask: tf.Tensor2D,
  { gamma, lambda }: Discounts,
): tf.Tensor2D {
  const [sequences, time] = rewards.shape;
  const real = tf.mul(values, mask); // [sequences, time]
  const after = tf.concat([tf.slice(real, [0, 1], [sequences, time - 1]), tf.zeros([sequences, 1])], 1);
  const deltas = tf.mul(tf.sub(tf.add(rewards, tf.mul(after, gamma)), real), mask);
  const powers = new Float32Array(time * time); // [k, t]: (γλ)^{k−t} where k ≥ t
  for (let k = 0; k < time; k++) {
    for (let t = 0; t <= k; t++) powers[k * time + t] = (gamma * lambda) ** (k - t);
  }
  return tf.mul(tf.matMul(deltas, tf.tensor2d(powers, [time, time])), mask);
}
