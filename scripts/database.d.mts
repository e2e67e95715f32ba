/** The URL of the instance's database if its server is up, else undefined. */
export function runningDatabaseUrl(dataDir: string): string | undefined;
