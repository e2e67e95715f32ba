/** Turns any ranks into those of a ranking: from 1, without a gap, equal ones equal. */
export function denseRanks<T extends { rank: number }>(entries: readonly T[]): T[] {
  const used = [...new Set(entries.map(({ rank }) => rank))].sort((a, b) => a - b);
  return entries.map((entry) => ({ ...entry, rank: used.indexOf(entry.rank) + 1 }));
}
