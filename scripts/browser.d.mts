/** How Playwright launches the browser of the journeys. */
export function browserLaunch(): { executablePath: string; args: string[]; env?: Record<string, string> };
/** Unpacks the browser into the user's cache where it is missing. */
export function ensureBrowser(): Promise<void>;
