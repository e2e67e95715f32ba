/** One figure of the selftest beside the bound that it must keep. */
export type Check = {
  name: string;
  figure: number;
  bound: number;
  /** The side of the bound on which the figure must lie. */
  must: "at most" | "at least";
};

export const atMost = (name: string, figure: number, bound: number): Check => ({
  name,
  figure,
  bound,
  must: "at most",
});
export const atLeast = (name: string, figure: number, bound: number): Check => ({
  name,
  figure,
  bound,
  must: "at least",
});

/** Whether a bound is kept. A figure that is not a number keeps no bound. */
export function isKept({ figure, bound, must }: Check): boolean {
  return must === "at most" ? figure <= bound : figure >= bound;
}
