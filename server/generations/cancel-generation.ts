import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { generationChannel, notify } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { lockGeneration } from "./generation-row";

/**
 * Ends a generation: at once where it still waits, else as soon as the trainer looks. Completions that are written stay.
 * @throws DomainError `generation-finished`, `generation-not-found`
 */
export async function cancelGeneration(input: { projectId: string; generationId: string }) {
  await database().$transaction(async (tx) => {
    const generation = await lockGeneration(tx, input);
    if (isJobFinished(generation.status))
      throw new DomainError("generation-finished", `${generation.id} is ${generation.status}`, "It has ended already.");
    const now = new Date();
    await tx.generation.update({
      where: { id: generation.id },
      data:
        generation.status === "queued"
          ? { status: "cancelled", cancelRequestedAt: now, finishedAt: now, activity: null }
          : { cancelRequestedAt: now, activity: "stopping" },
    });
    await notify(tx, generationChannel(generation.id), { type: "state" });
  });
  return { generationId: input.generationId };
}
