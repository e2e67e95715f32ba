import type { Database } from "../database/client";

/** PostgreSQL takes payloads below 8000 bytes. */
const LARGEST_PAYLOAD = 7900;

export const runChannel = (runId: string) => `run_${runId}`;
export const generationChannel = (generationId: string) => `generation_${generationId}`;
export const exportChannel = (exportId: string) => `export_${exportId}`;
export const evaluationChannel = (evaluationId: string) => `evaluation_${evaluationId}`;
export const scoringChannel = (scoringId: string) => `scoring_${scoringId}`;

/** What travels when a message is too long for a notification: the receiver reads the rows instead. */
export const READ_AGAIN = JSON.stringify({ type: "read-again" });

/** Tells whoever listens on `channel`, once the transaction commits. Notifications are hints: the rows are the truth. */
export async function notify(database: Database, channel: string, message: { type: string }): Promise<void> {
  const text = JSON.stringify(message);
  const payload = Buffer.byteLength(text) > LARGEST_PAYLOAD ? READ_AGAIN : text;
  await database.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}
