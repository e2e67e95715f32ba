/** Finds, for the examples of a batch, examples of other prompts. Examples go by their index. */
export type Mismatches = {
  /**
   * For each example of the batch, in order: the nearest one before it in the batch that answers another prompt; the
   * search for the first example begins at the batch's end. In a batch of one prompt only, the nearest one before it
   * among all that may be borrowed from; null if those answer no other prompt either.
   */
  of(batch: readonly number[]): (number | null)[];
};

/**
 * Finds mismatched completions. KTO's reference point is measured on prompts with completions that were not written for
 * them (Ethayarajh et al. 2024, arXiv 2402.01306, section 4.1). Neighbours in a batch may answer one and the same
 * prompt, as the ratings of one task do; taking them for mismatches would measure the trained examples themselves. So
 * prompts are compared by their tokens.
 *
 * @param count all examples, training and validation together
 * @param promptOf token ids of an example's prompt
 * @param borrowable whose completions may be borrowed from outside of a batch: the training examples
 */
export function mismatches(
  count: number,
  promptOf: (index: number) => readonly number[],
  borrowable: readonly number[],
): Mismatches {
  const numbers = new Map<string, number>();
  const prompts = Array.from({ length: count }, (_, index) => {
    const key = promptOf(index).join(" ");
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  const anywhere = new Map(nearestBefore(borrowable, prompts).map((donor, place) => [borrowable[place], donor]));
  // A validation example, which nobody may borrow from, takes the last training example of another prompt.
  const lastOfOther = (index: number) => borrowable.findLast((other) => prompts[other] !== prompts[index]) ?? null;
  return {
    of: (batch) =>
      nearestBefore(batch, prompts).map((donor, place) => {
        if (donor !== null) return donor;
        const index = batch[place] as number;
        return anywhere.has(index) ? (anywhere.get(index) ?? null) : lastOfOther(index);
      }),
  };
}

/**
 * Finds, for each place of a circle of examples, the nearest example before it that has another prompt; null if there
 * is none.
 */
function nearestBefore(circle: readonly number[], prompts: readonly number[]): (number | null)[] {
  const promptAt = (place: number) => prompts[circle.at(place) as number];
  const donors: (number | null)[] = new Array(circle.length).fill(null);
  const start = circle.findIndex((_, place) => promptAt(place) !== promptAt(place - 1));
  if (start === -1) return donors;
  for (let step = 0; step < circle.length; step++) {
    const place = (start + step) % circle.length;
    const before = (place - 1 + circle.length) % circle.length;
    // If the example before has this example's prompt, its donor suits this one too.
    donors[place] = promptAt(before) === promptAt(place) ? (donors[before] ?? null) : (circle[before] as number);
  }
  return donors;
}
