/** The names of all migrations of this version. */
export function knownMigrations(): string[];
/** Brings the database at `url` up to date (or applies `only` these); returns the names of those that it applied. */
export function migrate(
  url: string,
  options?: { folder?: string; warn?: (message: string) => void; only?: string[] },
): Promise<string[]>;
