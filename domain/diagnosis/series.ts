import type { Point } from "./trace";

/** With fewer points the first and the last part of a series would be single values, and their difference noise. */
export const FEWEST_IN_A_PART = 3;

/**
 * Takes the first and the last fifth of a series, at least three points each and at most ten: the "start" and the "now"
 * that most checks compare. The result is undefined where the two would overlap.
 */
export function startAndNow(points: readonly Point[]): { start: Point[]; now: Point[] } | undefined {
  if (points.length < 2 * FEWEST_IN_A_PART) return undefined;
  const size = Math.min(10, Math.max(FEWEST_IN_A_PART, Math.floor(points.length / 5)));
  return { start: points.slice(0, size), now: points.slice(-size) };
}

export const mean = (points: readonly Point[]): number =>
  points.reduce((sum, { value }) => sum + value, 0) / points.length;

/** The standard deviation of a sample (n − 1); 0 for fewer than two points. */
export function standardDeviation(points: readonly Point[]): number {
  if (points.length < 2) return 0;
  const middle = mean(points);
  return Math.sqrt(points.reduce((sum, { value }) => sum + (value - middle) ** 2, 0) / (points.length - 1));
}

export function median(points: readonly Point[]): number {
  const values = points.map(({ value }) => value).sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 ? (values[half] ?? Number.NaN) : ((values[half - 1] ?? 0) + (values[half] ?? 0)) / 2;
}

/** The standard error of the difference of two means (Welch). */
export const errorOfDifference = (a: readonly Point[], b: readonly Point[]): number =>
  Math.sqrt(standardDeviation(a) ** 2 / a.length + standardDeviation(b) ** 2 / b.length);

/** Pearson's correlation; NaN where either side does not vary or there are fewer than three pairs. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const n = Math.min(a.length, b.length);
  if (n < 3) return Number.NaN;
  const average = (values: readonly number[]) => values.slice(0, n).reduce((sum, value) => sum + value, 0) / n;
  const [middleA, middleB] = [average(a), average(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [(a[i] ?? 0) - middleA, (b[i] ?? 0) - middleB];
    both += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return squareA === 0 || squareB === 0 ? Number.NaN : both / Math.sqrt(squareA * squareB);
}

/** Writes a number for a sentence: with three significant digits, or as 2.5e-6 where that is shorter. */
export function words(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return Number(value.toPrecision(3)).toExponential();
  return String(Number(value.toPrecision(3)));
}

export const percent = (share: number): string => `${Math.round(100 * share)} %`;
