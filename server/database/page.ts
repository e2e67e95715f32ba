/**
 * Cuts one page of a list that is read from the newest id down. The caller asks for `limit + 1` rows, and the last one
 * says whether there are more.
 */
export function pageOf<Row extends { id: string }>(
  rows: Row[],
  limit: number,
): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** The filter of the next page; ids rise with time. */
export const after = (cursor: string | null | undefined) => (cursor ? { id: { lt: cursor } } : {});
