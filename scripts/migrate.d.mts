/** Brings the database at `url` up to date; returns the names of the migrations that it applied. */
export function migrate(
  url: string,
  options?: { folder?: string; warn?: (message: string) => void },
): Promise<string[]>;
