import { cancelRowJob } from "../jobs/cancel-row-job";
import { GENERATIONS } from "./generation-row";

/**
 * Ends a generation: at once where it still waits, else as soon as the trainer looks. Completions that are written stay.
 * @throws DomainError `generation-finished`, `generation-not-found`
 */
export async function cancelGeneration({ projectId, generationId }: { projectId: string; generationId: string }) {
  await cancelRowJob(GENERATIONS, { id: generationId, projectId });
  return { generationId };
}
