import { cancelRowJob } from "../jobs/cancel-row-job";
import { EXPORTS } from "./export-row";

/**
 * Ends an export: at once where it still waits, else as soon as the trainer looks. Nothing of it stays.
 * @throws DomainError `export-finished`, `export-not-found`
 */
export async function cancelExport({ projectId, exportId }: { projectId: string; exportId: string }) {
  await cancelRowJob(EXPORTS, { id: exportId, projectId });
  return { exportId };
}
