import { cancelRowJob } from "../jobs/cancel-row-job";
import { EVALUATIONS } from "./evaluation-row";

/**
 * Ends an evaluation: at once where it still waits, else as soon as the trainer looks. Suites that are answered stay.
 * @throws DomainError `evaluation-finished`, `evaluation-not-found`
 */
export async function cancelEvaluation({ projectId, evaluationId }: { projectId: string; evaluationId: string }) {
  await cancelRowJob(EVALUATIONS, { id: evaluationId, projectId });
  return { evaluationId };
}
