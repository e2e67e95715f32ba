const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Picks the ids that may be ids of rows here. A file may name anything by any text. */
export const uuidsOf = (ids: readonly string[]): string[] => ids.filter((id) => UUID.test(id));
