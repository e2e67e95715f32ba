/** Counts, by side, the records of a dataset version with a completion that was cut at the token limit. */
export interface CutRecords {
  chosen: number;
  rejected: number;
  demonstrations: number;
  unpaired: number;
}

const SAYS: Record<keyof CutRecords, [one: string, many: string]> = {
  chosen: ["pair whose chosen completion was", "pairs whose chosen completion was"],
  rejected: ["pair whose rejected completion was", "pairs whose rejected completion was"],
  demonstrations: ["demonstration that was", "demonstrations that were"],
  unpaired: ["rated completion that was", "rated completions that were"],
};

/** Writes "201 pairs whose chosen completion was cut at the token limit", a phrase for each side that has any. */
export const describeCutRecords = (counts: CutRecords): string[] =>
  (Object.keys(SAYS) as (keyof CutRecords)[]).flatMap((side) => {
    const count = counts[side];
    return count === 0 ? [] : [`${count} ${SAYS[side][count === 1 ? 0 : 1]} cut at the token limit`];
  });
