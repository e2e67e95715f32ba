import { z } from "zod";

/**
 * A figure with its 95 % interval. The value is null where it is undefined, the interval where there is too little to
 * say one.
 */
export const estimateSchema = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** The number of independent observations that the figure rests on. */
  n: z.int().min(0),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const RESAMPLES = 1000;
/** With fewer observations the resamples repeat themselves too often for their quantiles to mean anything. */
export const FEWEST_FOR_AN_INTERVAL = 5;

/**
 * A figure with its percentile bootstrap interval (Efron 1979): the observations are drawn anew with replacement, a
 * thousand times. What depends on one another (the pairs of one prompt) must come as one observation.
 *
 * @param statistic null where it is undefined, such as a correlation of constant values
 */
export function bootstrap<Observation>(
  observations: readonly Observation[],
  statistic: (sample: readonly Observation[]) => number | null,
  seed = 0,
): Estimate {
  const n = observations.length;
  const value = n === 0 ? null : statistic(observations);
  if (value === null || n < FEWEST_FOR_AN_INTERVAL) return { value, low: null, high: null, n };
  const random = mulberry32(seed);
  const draws: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const sample = observations.map(() => observations[Math.floor(random() * n)] as Observation);
    const drawn = statistic(sample);
    if (drawn !== null) draws.push(drawn);
  }
  return { value, ...intervalOf(draws), n };
}

/** The 95 % interval of what was drawn. */
export function intervalOf(draws: number[]): { low: number | null; high: number | null } {
  draws.sort((a, b) => a - b);
  return { low: quantile(draws, 0.025), high: quantile(draws, 0.975) };
}

/** The quantile of sorted values, interpolated between neighbours; null where there are none. */
function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (place - Math.floor(place)) * (above - below);
}

/**
 * Draws uniformly from [0, 1) by a 32-bit seed (Tommy Ettinger's mulberry32), so that the same figures give the same
 * report.
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
