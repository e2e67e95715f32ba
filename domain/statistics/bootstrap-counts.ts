import { type Estimate, FEWEST_FOR_AN_INTERVAL, intervalOf, mulberry32, RESAMPLES } from "./bootstrap";

/**
 * The bootstrap of `bootstrap.ts` for observations of which many are equal: they come as counts, of which new ones are
 * drawn. A resample then costs as much as there are different observations, not as there are observations.
 *
 * @param counts how often each observation was made
 * @param statistics the figures of such counts, always in the same order; each is null where it is undefined
 * @param pause is awaited between resamples, so that the caller can do other things meanwhile
 */
export async function bootstrapCounts(
  counts: ArrayLike<number>,
  statistics: (counts: ArrayLike<number>) => (number | null)[],
  pause: () => Promise<void> | undefined,
  seed = 0,
): Promise<Estimate[]> {
  const n = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const values = statistics(counts);
  const draws = values.map(() => [] as number[]);
  if (n >= FEWEST_FOR_AN_INTERVAL) {
    const draw = drawer(counts, n, mulberry32(seed));
    for (let resample = 0; resample < RESAMPLES; resample++) {
      statistics(draw()).forEach((drawn, place) => {
        if (drawn !== null) draws[place]?.push(drawn);
      });
      await pause();
    }
  }
  return values.map((value, place) => ({
    value,
    n,
    ...(value === null ? { low: null, high: null } : intervalOf(draws[place] ?? [])),
  }));
}

/** Makes what draws counts of n observations anew: by count where many are equal, one by one where few are. */
function drawer(counts: ArrayLike<number>, n: number, random: () => number): () => Float64Array {
  const drawn = new Float64Array(counts.length);
  if (counts.length > n / 4) {
    const places = new Uint32Array(n);
    let filled = 0;
    for (let place = 0; place < counts.length; place++) {
      const count = counts[place] ?? 0;
      places.fill(place, filled, filled + count);
      filled += count;
    }
    return () => {
      drawn.fill(0);
      for (let observation = 0; observation < n; observation++) {
        const place = places[Math.floor(random() * n)] as number;
        drawn[place] = (drawn[place] as number) + 1;
      }
      return drawn;
    };
  }
  // Multinomial counts are binomial ones, each of what those before have left over.
  return () => {
    let [left, rest] = [n, n];
    for (let place = 0; place < counts.length; place++) {
      const count = counts[place] ?? 0;
      const taken = binomial(left, rest === 0 ? 0 : count / rest, random);
      drawn[place] = taken;
      left -= taken;
      rest -= count;
    }
    return drawn;
  };
}

/** From this variance on a binomial number is as good as a normal one (an error far below that of a thousand resamples). */
const NORMAL_FROM = 100;

/** Draws how often something of probability p happens in n trials. */
export function binomial(n: number, p: number, random: () => number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(n, 1 - p, random);
  const variance = n * p * (1 - p);
  if (variance >= NORMAL_FROM) {
    // Box and Muller's normal number
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(variance) * normal)));
  }
  // Inversion goes up from zero until the sum of probabilities exceeds a uniform number.
  const odds = p / (1 - p);
  let probability = (1 - p) ** n;
  let above = random();
  let drawn = 0;
  while (above > probability && drawn < n) {
    above -= probability;
    drawn += 1;
    probability *= (odds * (n - drawn + 1)) / drawn;
  }
  return drawn;
}
