import type { Database } from "../database/client";

/** PostgreSQL takes payloads below 8000 bytes. */
const LARGEST_PAYLOAD = 7900;

/** The channel of those who watch a row: `run_ID`, `generation_ID` … */
export const jobChannel = (noun: string, id: string): string => `${noun}_${id}`;

/** The message in place of one that is too long for a notification: the receiver reads the rows instead. */
export const READ_AGAIN = JSON.stringify({ type: "read-again" });

/**
 * Tells whoever listens on `channel`, once the transaction commits. Notifications are hints: the rows are the truth.
 */
export async function notify(database: Database, channel: string, message: { type: string }): Promise<void> {
  const text = JSON.stringify(message);
  const payload = Buffer.byteLength(text) > LARGEST_PAYLOAD ? READ_AGAIN : text;
  await database.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}
