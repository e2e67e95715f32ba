import { listen } from "./listen";
import { isJobFinished } from "./row-job";

/**
 * A job's row as it goes: first its present state, then each change of it. Ends with it.
 * @param read the row as pages see it
 * @throws what `read` throws, before anything is listened to
 */
export async function* watchRowJob<Row extends { status: string }>(
  channel: string,
  read: () => Promise<Row>,
  signal: AbortSignal,
): AsyncGenerator<Row, void> {
  await read();
  for await (const _event of listen(channel, signal)) {
    const row = await read();
    yield row;
    if (isJobFinished(row.status)) return;
  }
}
