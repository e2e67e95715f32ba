const score = new Intl.NumberFormat("en", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: "negative",
});

/** A reward, which has no unit and no zero of its own: only differences between scores of one model mean something. */
export const formatScore = (value: number): string => score.format(value);
