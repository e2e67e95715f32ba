/** Ranks as a ranking has them: from 1, without a gap; equal ones stay equal. */
export function denseRanks<T extends { rank: number }>(entries: readonly T[]): T[] {
  const used = [...new Set(entries.map(({ rank }) => rank))].sort((a, b) => a - b);
  return entries.map((entry) => ({ ...entry, rank: used.indexOf(entry.rank) + 1 }));
}
