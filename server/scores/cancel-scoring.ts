import { cancelRowJob } from "../jobs/cancel-row-job";
import { SCORINGS } from "./scoring-row";

/**
 * Ends a scoring: at once where it still waits, else as soon as the trainer looks. Scores that are written stay.
 * @throws DomainError `scoring-finished`, `scoring-not-found`
 */
export async function cancelScoring({ projectId, scoringId }: { projectId: string; scoringId: string }) {
  await cancelRowJob(SCORINGS, { id: scoringId, projectId });
  return { scoringId };
}
