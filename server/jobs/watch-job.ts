import { type ProjectActor, requireAdmin } from "../access/actor";
import { listen } from "./listen";
import { jobChannel } from "./notify";
import type { JobQueue, JobRow } from "./queue";

/**
 * Yields a job's row as it goes, to an admin of its project: first its present state, then each change. The stream ends
 * with the job.
 * @throws DomainError `admin-forbidden`, and what the queue's `read` throws, before anything is listened to
 */
export async function* watchJob<Row extends JobRow, View extends { status: string }>(
  queue: JobQueue<Row, View>,
  actor: ProjectActor,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<View, void> {
  const { projectId } = requireAdmin(actor);
  const place = { id, projectId };
  await queue.read(place);
  for await (const _event of listen(jobChannel(queue.noun, id), signal)) {
    const row = await queue.read(place);
    yield row;
    if (queue.isAtRest(row.status)) return;
  }
}
