/** The strengths of a preference pair, with the margins that comparisons give them: 1, 2/3, 1/3, 0. */
export const STRENGTH_BUCKETS = [
  { key: "significantly", title: "Significantly better", from: 5 / 6 },
  { key: "clearly", title: "Clearly better", from: 1 / 2 },
  { key: "slightly", title: "Slightly better", from: 1 / 6 },
  { key: "negligibly", title: "Negligibly better", from: 0 },
] as const;
export type Strength = (typeof STRENGTH_BUCKETS)[number]["key"];

/** Finds the strength of a margin, which is never below 0. */
export const strengthOf = (margin: number): Strength =>
  STRENGTH_BUCKETS.find(({ from }) => margin >= from)?.key ?? "negligibly";
