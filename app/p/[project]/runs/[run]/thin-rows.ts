/** More points than this are less than a pixel apart, and a browser that draws them again with each step does nothing else. */
const MOST_DRAWN = 600;

export type ChartRow = { step: number } & Record<string, number | undefined>;

/**
 * Of a long run the rows that a line is drawn through: of each stretch the ones with the lowest and the highest value of
 * every metric, so that no spike is lost, the first and the last, and all that have a value of a metric that comes seldom.
 */
export function thinRows(
  rows: readonly ChartRow[],
  names: readonly string[],
  seldom: readonly string[] = [],
): ChartRow[] {
  if (rows.length <= MOST_DRAWN) return [...rows];
  const often = names.filter((name) => !seldom.includes(name));
  const stretch = Math.ceil((2 * Math.max(1, often.length) * rows.length) / MOST_DRAWN);
  const kept = new Set([0, rows.length - 1]);
  for (let start = 0; start < rows.length; start += stretch) {
    const end = Math.min(rows.length, start + stretch);
    for (const name of often) {
      let [low, high] = [-1, -1];
      for (let at = start; at < end; at++) {
        const value = rows[at]?.[name];
        if (value === undefined) continue;
        if (low < 0 || value < (rows[low]?.[name] as number)) low = at;
        if (high < 0 || value > (rows[high]?.[name] as number)) high = at;
      }
      if (low >= 0) kept.add(low).add(high);
    }
  }
  return rows.filter((row, at) => kept.has(at) || seldom.some((name) => row[name] !== undefined));
}
