/** The judgements of one unit by several people; a person who did not judge it is absent. */
export type Ratings<Value> = readonly Value[];

/** The distance of two values; 0 for equal ones. */
export type Distance<Value> = (a: Value, b: Value) => number;
export const nominal = (a: unknown, b: unknown): number => (a === b ? 0 : 1);
export const interval = (a: number, b: number): number => (a - b) ** 2;

/** The values that a judgement can have, and how far two of them are apart. */
export interface Scale<Value> {
  values: readonly Value[];
  distance: Distance<Value>;
}

/**
 * Sums that say all that the figures below need of many units. They can be added, so that the figures of a million
 * judgements cost no more than those of a hundred: the number of units that two judged, their shares of agreeing pairs,
 * their distances, then for each value how often it was given, and its shares of the units.
 */
export function sumUnits<Value>(units: readonly Ratings<Value>[], { values, distance }: Scale<Value>): number[] {
  const sums = new Array<number>(3 + 2 * values.length).fill(0);
  const add = (place: number, amount: number) => {
    sums[place] = (sums[place] ?? 0) + amount;
  };
  for (const unit of units) {
    const size = unit.length;
    if (size < 2) continue;
    const counts = values.map((value) => unit.filter((given) => given === value).length);
    if (counts.reduce((sum, count) => sum + count, 0) !== size)
      throw new Error(`a judgement is none of ${values.join(", ")}: ${unit.join(", ")}`);
    add(0, 1);
    add(1, counts.reduce((sum, count) => sum + count * (count - 1), 0) / (size * (size - 1)));
    add(2, sumOfDistances(counts, { values, distance }) / (size - 1));
    counts.forEach((count, place) => {
      add(3 + place, count);
      add(3 + values.length + place, count / size);
    });
  }
  return sums;
}

/**
 * The share of pairs of people who said the same of a unit that both judged. Each unit counts once, whatever the number
 * of its judges. Null where no unit has two.
 */
export function rawAgreement([units = 0, shares = 0]: readonly number[]): number | null {
  return units === 0 ? null : shares / units;
}

/**
 * Krippendorff's α = 1 − D_o ÷ D_e: 1 is full agreement, 0 what chance would give from the values that were used, below
 * 0 systematic disagreement. A unit may have any number of judges. Null where no unit has two, or where all values are
 * the same, so that there is nothing to disagree on. Krippendorff, Content Analysis (2004), ch. 11.
 */
export function krippendorffAlpha<Value>(sums: readonly number[], scale: Scale<Value>): number | null {
  const counts = sums.slice(3, 3 + scale.values.length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all < 2) return null;
  const observed = (sums[2] ?? 0) / all;
  const expected = sumOfDistances(counts, scale) / (all * (all - 1));
  return expected === 0 ? null : 1 - observed / expected;
}

/** Sums the distance over all ordered pairs of different places, by how often each value stands there. */
function sumOfDistances<Value>(counts: readonly number[], { values, distance }: Scale<Value>): number {
  let sum = 0;
  values.forEach((a, i) => {
    values.forEach((b, j) => {
      sum += (counts[i] ?? 0) * (counts[j] ?? 0) * distance(a, b);
    });
  });
  return sum;
}

/**
 * Gwet's AC1, an α for categories whose chance term does not collapse when nearly everything is of one kind. Gwet,
 * British J. of Mathematical and Statistical Psychology 61 (2008).
 */
export function gwetAc1<Value>(sums: readonly number[], { values }: Scale<Value>): number | null {
  const [units = 0] = sums;
  const agreement = rawAgreement(sums);
  if (agreement === null || values.length < 2) return null;
  const shares = sums.slice(3 + values.length).map((share) => share / units);
  const chance = shares.reduce((sum, share) => sum + share * (1 - share), 0) / (values.length - 1);
  return chance === 1 ? null : (agreement - chance) / (1 - chance);
}

/**
 * Cohen's κ of two people over what both judged: agreement beyond what their own habits would give. Null where they
 * share nothing, or both only ever said one and the same thing. Cohen, Educational and Psychological Measurement 20
 * (1960).
 *
 * @param table how often the one said the row's value and the other the column's, row by row
 */
export function cohenKappa(table: ArrayLike<number>, values: number): number | null {
  let [all, same] = [0, 0];
  const rows = new Array<number>(values).fill(0);
  const columns = new Array<number>(values).fill(0);
  for (let row = 0; row < values; row++)
    for (let column = 0; column < values; column++) {
      const count = table[row * values + column] ?? 0;
      all += count;
      if (row === column) same += count;
      rows[row] = (rows[row] ?? 0) + count;
      columns[column] = (columns[column] ?? 0) + count;
    }
  if (all === 0) return null;
  const chance = rows.reduce((sum, count, value) => sum + (count / all) * ((columns[value] ?? 0) / all), 0);
  return chance === 1 ? null : (same / all - chance) / (1 - chance);
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
