/** The URL of the instance's database if its server is up, else undefined. */
export function runningDatabaseUrl(dataDir: string): string | undefined;
/** Starts the server of `dataDir` (or finds it running) and makes the database. */
export function startDatabase(options: {
  dataDir: string;
  port?: number;
  flags?: string[];
  database?: string;
}): Promise<{ url: string; adminUrl: string; port: number; pid: number; fresh: boolean; reused: boolean }>;
/** Stops the server of `dataDir`; returns false if none ran. */
export function stopDatabase(options: { dataDir: string }): Promise<boolean>;
