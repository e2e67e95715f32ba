/** Figures of an iteration's completions that show collapse and exploits, from texts and tokens alone. */

/** Share of n-grams that are distinct; 1 if nothing is said twice, 0 if there are no n-grams. */
export function distinctShare(completions: readonly (readonly number[])[], n: number): number {
  const distinct = new Set<string>();
  let total = 0;
  for (const ids of completions) {
    for (const gram of gramsOf(ids, n)) {
      distinct.add(gram);
      total += 1;
    }
  }
  return total === 0 ? 0 : distinct.size / total;
}

/** The most pairs of completions that are compared; of more, a stride picks some. */
const MOST_PAIRS = 500;

/** Mean Jaccard overlap of the bigrams of two completions; 1 if all completions are equal. */
export function selfSimilarity(completions: readonly (readonly number[])[]): number {
  const sets = completions.map((ids) => new Set(gramsOf(ids, 2)));
  const pairs = sets.flatMap((_, i) => sets.slice(i + 1).map((_, j) => [i, i + 1 + j] as const));
  const stride = Math.max(1, Math.ceil(pairs.length / MOST_PAIRS));
  const overlaps = pairs
    .filter((_, index) => index % stride === 0)
    .map(([i, j]) => overlap(sets[i] as Set<string>, sets[j] as Set<string>));
  return overlaps.length === 0 ? 0 : overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
}

function overlap(left: Set<string>, right: Set<string>): number {
  const shared = [...left].filter((gram) => right.has(gram)).length;
  const all = left.size + right.size - shared;
  return all === 0 ? 1 : shared / all; // two completions without a bigram count as equal
}

function gramsOf(ids: readonly number[], n: number): string[] {
  return Array.from({ length: Math.max(0, ids.length - n + 1) }, (_, start) => ids.slice(start, start + n).join(" "));
}

/** List marks, headings, emphasis, rules, exclamation marks and emoji. */
const FORMATTING = /^[ \t]*(?:[-*+•]|\d+[.)]|#{1,6})(?=\s)|[*_`~|!]|\p{Extended_Pictographic}/gmu;

/** Share of a text's characters that only format it, 0 to 1. */
export function formattingShare(text: string): number {
  const characters = [...text].length;
  if (characters === 0) return 0;
  const marks = [...text.matchAll(FORMATTING)].reduce((sum, [mark]) => sum + [...mark.trim()].length, 0);
  return marks / characters;
}

/** Pearson's correlation; 0 if one of the two does not vary. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    const [dx, dy] = [value - mx, (y[i] as number) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
