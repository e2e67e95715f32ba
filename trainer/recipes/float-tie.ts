/** Distance of 1 to the next larger number of float32. */
const FLOAT32_EPSILON = 2 ** -23;

/**
 * Two passes were at most 0.4·ε·Σ apart (golden models, micro-batches of 1 to 4); the factor leaves room for larger
 * models.
 */
const ROUNDINGS = 2;

/**
 * The largest difference of log-ratios, nats, that float32 can't tell from none. A completion's log-prob is a sum over
 * its tokens, computed once by the policy and once by the reference. Even if the two are one model, they may lie in
 * micro-batches of other shapes, which add up in another order, so that each sum is known to about ε = 2⁻²³ of its
 * size, and a difference of sums to
 *
 * 2·ε·Σ|log-probs|:
 *
 * 0.0002 nats for a pair whose completions have 200 nats each. A step that learns anything moves a completion by more.
 *
 * @param sums the log-probs that the difference is made of, nats
 */
export function roundingOf(sums: readonly number[]): number {
  return ROUNDINGS * FLOAT32_EPSILON * sums.reduce((total, sum) => total + Math.abs(sum), 0);
}
