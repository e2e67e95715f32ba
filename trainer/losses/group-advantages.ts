/**
 * Advantages from several completions of one prompt, without a value model: one number a completion, which all of its
 * tokens share.
 */

/**
 * REINFORCE leave-one-out (Ahmadian et al. 2024, arXiv 2402.14740, eq. 7): A_i = R_i − mean of the other samples' R.
 *
 * @param rewards of the whole completion, the KL penalty taken off; one a completion
 * @param groups which prompt each completion answers
 */
export function rlooAdvantages(rewards: readonly number[], groups: readonly number[]): number[] {
  return withinGroups(rewards, groups, (own) => {
    const sum = own.reduce((total, reward) => total + reward, 0);
    return own.map((reward) => reward - (sum - reward) / (own.length - 1));
  });
}

/** Keeps the division finite in a group whose completions all got the same reward. */
const EPSILON = 1e-4;

/**
 * Group-relative policy optimisation (Shao et al. 2024, arXiv 2402.03300, section 4.1.2):
 * A_i = (R_i − mean) / (std + 1e-4), over the completions of one prompt.
 *
 * @param rewards the scores alone: GRPO has the KL in its loss
 */
export function grpoAdvantages(rewards: readonly number[], groups: readonly number[]): number[] {
  return withinGroups(rewards, groups, (own) => {
    const mean = own.reduce((total, reward) => total + reward, 0) / own.length;
    const squares = own.reduce((total, reward) => total + (reward - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (own.length - 1));
    return own.map((reward) => (reward - mean) / (deviation + EPSILON));
  });
}

/**
 * Computes advantages within each group; a completion that is alone in its group has nothing to be compared with and
 * gets 0.
 */
function withinGroups(
  rewards: readonly number[],
  groups: readonly number[],
  advantagesOf: (rewards: number[]) => number[],
): number[] {
  const result = new Array<number>(rewards.length).fill(0);
  const members = new Map<number, number[]>();
  groups.forEach((group, index) => {
    members.set(group, [...(members.get(group) ?? []), index]);
  });
  for (const indices of members.values()) {
    if (indices.length < 2) continue;
    const advantages = advantagesOf(indices.map((index) => rewards[index] as number));
    indices.forEach((index, place) => {
      result[index] = advantages[place] as number;
    });
  }
  return result;
}
