/**
 * An estimate of KL(π_ref ‖ π) for one sequence, in nats, never negative: Schulman's k3 (2020, "Approximating KL
 * divergence") of the log-ratio averaged over the sequence's tokens,
 *
 *   |y| · (e^δ − 1 − δ),  δ = (log π(y|x) − log π_ref(y|x)) ÷ |y|
 *
 * By Jensen's inequality at most the sum of k3 over its tokens, of which only the sum of log-ratios is kept, and unlike k3
 * of the whole sequence it does not overflow. It is exact only in that the completions are the reference's; those that
 * people compared seldom are.
 *
 * @param logRatio Δ, summed over tokens
 */
export function sequenceKl(logRatio: number, tokens: number): number {
  const perToken = logRatio / tokens;
  return tokens * (Math.expm1(perToken) - perToken);
}
