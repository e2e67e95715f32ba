import { z } from "zod";

/** A share with its 95 % interval. Where nothing was counted, share and interval are null. */
export const shareSchema = z.object({
  count: z.int().min(0),
  of: z.int().min(0),
  value: z.number().min(0).max(1).nullable(),
  low: z.number().min(0).max(1).nullable(),
  high: z.number().min(0).max(1).nullable(),
});
export type Share = z.infer<typeof shareSchema>;

/** The 97.5 % quantile of the normal distribution: two-sided 95 %. */
const Z = 1.959963984540054;

/** A share of independent observations with Wilson's interval. */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, value: null, low: null, high: null };
  const value = count / of;
  return { count, of, value, ...wilsonInterval(value, of) };
}

/**
 * The interval of Wilson (1927) around a share of `of` independent observations. It stays inside 0–1 and holds its level
 * for few counts and for shares near the ends, where the plain normal interval does not.
 */
export function wilsonInterval(value: number, of: number): { low: number; high: number } {
  const scale = 1 + Z ** 2 / of;
  const centre = (value + Z ** 2 / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((value * (1 - value)) / of + Z ** 2 / (4 * of ** 2));
  // At the ends rounding may step over 0 or 1 by one bit.
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
