import type { Vote } from "./vote";
import { FEWEST_PEOPLE } from "./win-rate";

/** How fitted parameters vary where votes on one prompt hang together. */
export interface ClusteredCovariance {
  byPrompt: Float64Array[];
  /** Where votes of one person hang together as well; null with too few people to tell. */
  byBoth: Float64Array[] | null;
  /** The clusters that the rarer kind has, which an interval's width depends on. */
  clusters: number;
}

/**
 * The covariance of fitted parameters where votes on one prompt hang together and votes of one person too: H⁻¹ M H⁻¹ with
 * M = M_prompt + M_person − M_both, each the sum over its C clusters of the outer product of their summed scores, times
 * C/(C−1). Cameron, Gelbach & Miller, Journal of Business & Economic Statistics 29 (2011). With fewer than eight people
 * there is M_prompt alone, and the intervals speak of these people only.
 *
 * @param inverse H⁻¹, the inverse of the information
 * @param scoreOf adds the score of the vote at an index, which touches few of the parameters
 */
export function twoWayCovariance(
  votes: readonly Vote[],
  inverse: readonly Float64Array[],
  scoreOf: (index: number, add: (at: number, by: number) => void) => void,
): ClusteredCovariance {
  const size = inverse.length;
  const prompts = numbered(votes.map(({ promptId }) => promptId));
  const people = numbered(votes.map(({ voterId }) => voterId));
  const meat = square(size);
  const sandwich = () => times(times(inverse, meat), inverse);
  addClusters(1, prompts.of);
  const byPrompt = sandwich();
  if (people.count < FEWEST_PEOPLE) return { byPrompt, byBoth: null, clusters: prompts.count };
  addClusters(1, people.of);
  addClusters(
    -1,
    prompts.of.map((prompt, index) => prompt * people.count + (people.of[index] ?? 0)),
  );
  return { byPrompt, byBoth: sandwich(), clusters: Math.min(prompts.count, people.count) };

  /** Adds the outer products of the clusters' scores; the votes of one cluster are looked at one after the other. */
  function addClusters(sign: 1 | -1, clusterOf: Float64Array): void {
    const order = Uint32Array.from(votes.keys()).sort((a, b) => (clusterOf[a] ?? 0) - (clusterOf[b] ?? 0));
    const sums = new Map<number, number>();
    const products = square(size);
    let clusters = 0;
    order.forEach((vote, turn) => {
      scoreOf(vote, (at, by) => void sums.set(at, (sums.get(at) ?? 0) + by));
      const next = order[turn + 1];
      if (next !== undefined && clusterOf[next] === clusterOf[vote]) return;
      for (const [i, a] of sums) for (const [j, b] of sums) addAt(products[i], j, a * b);
      sums.clear();
      clusters++;
    });
    if (clusters < 2) return;
    const factor = (sign * clusters) / (clusters - 1);
    for (const [at, line] of products.entries())
      addTo(
        meat[at],
        line.map((value) => factor * value),
      );
  }
}

/** Gives each different text a number from 0 on. */
function numbered(texts: readonly string[]): { of: Float64Array; count: number } {
  const numbers = new Map<string, number>();
  const of = Float64Array.from(texts, (text) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
  return { of, count: numbers.size };
}

const square = (size: number) => Array.from({ length: size }, () => new Float64Array(size));
const addAt = (line: Float64Array | undefined, at: number, by: number) => {
  if (line) line[at] = (line[at] ?? 0) + by;
};
const addTo = (line: Float64Array | undefined, by: Float64Array) =>
  by.forEach((value, at) => void addAt(line, at, value));

function times(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] {
  return a.map((line) => {
    const result = new Float64Array(b[0]?.length ?? 0);
    line.forEach((factor, k) => void b[k]?.forEach((value, j) => void addAt(result, j, factor * value)));
    return result;
  });
}
