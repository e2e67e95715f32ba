/** The judgements of one unit by several people; a person who did not judge it is absent. */
export type Ratings<Value> = readonly Value[];

/** The distance of two values; 0 for equal ones. */
export type Distance<Value> = (a: Value, b: Value) => number;
export const nominal = (a: unknown, b: unknown): number => (a === b ? 0 : 1);
export const interval = (a: number, b: number): number => (a - b) ** 2;

/**
 * The share of pairs of people who said the same of a unit that both judged. Each unit counts once, whatever the number
 * of its judges. Null where no unit has two.
 */
export function rawAgreement<Value>(units: readonly Ratings<Value>[]): number | null {
  const judged = units.filter((values) => values.length > 1);
  if (judged.length === 0) return null;
  return judged.reduce((sum, values) => sum + pairShare(values, (a, b) => a === b), 0) / judged.length;
}

/**
 * Krippendorff's α = 1 − D_o ÷ D_e: 1 is full agreement, 0 what chance would give from the values that were used, below
 * 0 systematic disagreement. A unit may have any number of judges. Null where no unit has two, or where all values are
 * the same, so that there is nothing to disagree on. Krippendorff, Content Analysis (2004), ch. 11.
 */
export function krippendorffAlpha<Value>(units: readonly Ratings<Value>[], distance: Distance<Value>): number | null {
  const judged = units.filter((values) => values.length > 1);
  const all = judged.flat();
  if (all.length < 2) return null;
  const observed =
    judged.reduce((sum, values) => sum + sumOfDistances(values, distance) / (values.length - 1), 0) / all.length;
  const expected = sumOfDistances(all, distance) / (all.length * (all.length - 1));
  return expected === 0 ? null : 1 - observed / expected;
}

/**
 * Averages the distance over all ordered pairs of different places. It counts by value, so that a thousand judgements
 * of five kinds stay cheap.
 */
function sumOfDistances<Value>(values: readonly Value[], distance: Distance<Value>): number {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let sum = 0;
  for (const [a, countOfA] of counts) for (const [b, countOfB] of counts) sum += countOfA * countOfB * distance(a, b);
  return sum;
}

/**
 * Gwet's AC1, an α for categories whose chance term does not collapse when nearly everything is of one kind.
 * `categories` is the number of possible answers. Gwet, British J. of Mathematical and Statistical Psychology 61
 * (2008).
 */
export function gwetAc1<Value>(units: readonly Ratings<Value>[], categories: number): number | null {
  const judged = units.filter((values) => values.length > 1);
  const agreement = rawAgreement(judged);
  if (agreement === null || categories < 2) return null;
  const shares = new Map<Value, number>();
  for (const values of judged)
    for (const value of values) shares.set(value, (shares.get(value) ?? 0) + 1 / (values.length * judged.length));
  const chance = [...shares.values()].reduce((sum, share) => sum + share * (1 - share), 0) / (categories - 1);
  return chance === 1 ? null : (agreement - chance) / (1 - chance);
}

/**
 * Cohen's κ of two people over what both judged: agreement beyond what their own habits would give. Null where they
 * share nothing, or both only ever said one and the same thing. Cohen, Educational and Psychological Measurement 20
 * (1960).
 */
export function cohenKappa<Value>(pairs: readonly (readonly [Value, Value])[]): number | null {
  if (pairs.length === 0) return null;
  const agreement = pairs.filter(([a, b]) => a === b).length / pairs.length;
  const share = (side: 0 | 1, value: Value) => pairs.filter((pair) => pair[side] === value).length / pairs.length;
  const values = new Set(pairs.flat());
  const chance = [...values].reduce((sum, value) => sum + share(0, value) * share(1, value), 0);
  return chance === 1 ? null : (agreement - chance) / (1 - chance);
}

/**
 * Kendall's τ-b of two rankings of the same things, ties allowed: 1 for the same order, −1 for the opposite one. Null
 * where one of them ties everything.
 */
export function kendallTau(one: readonly number[], two: readonly number[]): number | null {
  let concordance = 0;
  let untiedOne = 0;
  let untiedTwo = 0;
  for (let i = 0; i < one.length; i++)
    for (let j = i + 1; j < one.length; j++) {
      const a = Math.sign((one[i] ?? 0) - (one[j] ?? 0));
      const b = Math.sign((two[i] ?? 0) - (two[j] ?? 0));
      concordance += a * b;
      untiedOne += Math.abs(a);
      untiedTwo += Math.abs(b);
    }
  return untiedOne === 0 || untiedTwo === 0 ? null : concordance / Math.sqrt(untiedOne * untiedTwo);
}

/** The share of all pairs of different places for which `same` holds. */
function pairShare<Value>(values: readonly Value[], same: (a: Value, b: Value) => boolean): number {
  let hits = 0;
  for (let i = 0; i < values.length; i++)
    for (let j = i + 1; j < values.length; j++) hits += Number(same(values[i] as Value, values[j] as Value));
  return hits / ((values.length * (values.length - 1)) / 2);
}
