import { listen } from "./listen";
import { jobChannel } from "./notify";
import type { JobPlace, JobQueue, JobRow } from "./queue";

/**
 * Yields a job's row as it goes: first its present state, then each change. The stream ends with the job.
 * @throws what the queue's `read` throws, before anything is listened to
 */
export async function* watchJob<Row extends JobRow, View extends { status: string }>(
  queue: JobQueue<Row, View>,
  place: Required<JobPlace>,
  signal: AbortSignal,
): AsyncGenerator<View, void> {
  await queue.read(place);
  for await (const _event of listen(jobChannel(queue.noun, place.id), signal)) {
    const row = await queue.read(place);
    yield row;
    if (queue.isAtRest(row.status)) return;
  }
}
