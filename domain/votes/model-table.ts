import { tQuantile } from "../statistics/t-quantile";
import { type Fit, fitDavidson, STYLES, type Style } from "./davidson";
import { placeable, type Unplaced } from "./placeable";
import type { Vote } from "./vote";

export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** The strengths of several model versions from votes between any two of them. */
export interface ModelTable {
  /**
   * Strengths in log-odds around their mean, best first: between models whose strengths differ by 1 the better one is
   * preferred in 73 % of the decided votes.
   */
  placed: ({ model: string } & Interval)[];
  unplaced: Unplaced[];
  /** Effects in log-odds of what is not the model: of twice the length, and of being shown first. */
  styles: ({ style: Style } & Interval)[];
  /** The number of votes between placed models. */
  votes: number;
}

/**
 * Fits the table. Where styles can't be told apart from the models, the table is that without them, and `styles` is empty.
 * Null where no two models can be placed.
 */
export function modelTable(
  votes: readonly Vote[],
  styles: readonly Style[] = Object.keys(STYLES) as Style[],
): ModelTable | null {
  const { placed: models, unplaced } = placeable(votes);
  const between = votes.filter(({ first, second }) => models.includes(first) && models.includes(second));
  const fit = models.length < 2 ? null : (fitDavidson(between, models, styles) ?? fitDavidson(between, models, []));
  if (!fit) return null;
  if (fit.covariance.clusters < 2) return null;
  // A strength counts from the mean of all, which is a sum of parameters: its variance is that of the sum.
  const placed = models.map((model, index) => {
    const weights = fit.values.map((_, at) =>
      at < models.length - 1 ? Number(at === index - 1) - 1 / models.length : 0,
    );
    return { model, ...interval(fit, weights) };
  });
  const firstStyle = fit.values.length - fit.styles.length;
  return {
    placed: placed.sort((a, b) => b.value - a.value),
    unplaced,
    styles: fit.styles.map((style, index) => ({
      style,
      ...interval(
        fit,
        fit.values.map((_, at) => Number(at === firstStyle + index)),
      ),
    })),
    votes: between.length,
  };
}

/**
 * The interval of a weighted sum of parameters. People who vote alike on average may make the variance by prompts and people
 * come out below that by prompts alone, by chance: the larger of the two counts.
 */
function interval({ values, covariance: { byPrompt, byBoth, clusters } }: Fit, weights: Float64Array): Interval {
  const variance = Math.max(0, weighted(byPrompt, weights), byBoth ? weighted(byBoth, weights) : 0);
  const value = weights.reduce((sum, weight, at) => sum + weight * (values[at] ?? 0), 0);
  const half = tQuantile(clusters - 1) * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

const weighted = (covariance: readonly Float64Array[], weights: Float64Array) =>
  covariance.reduce(
    (sum, line, i) => sum + line.reduce((part, value, j) => part + (weights[i] ?? 0) * (weights[j] ?? 0) * value, 0),
    0,
  );
