import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { notify, scoringChannel } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { lockScoring } from "./scoring-row";

/**
 * Ends a scoring: at once where it still waits, else as soon as the trainer looks. Scores that are written stay.
 * @throws DomainError `scoring-finished`, `scoring-not-found`
 */
export async function cancelScoring(input: { projectId: string; scoringId: string }) {
  await database().$transaction(async (tx) => {
    const scoring = await lockScoring(tx, input);
    if (isJobFinished(scoring.status))
      throw new DomainError("scoring-finished", `${scoring.id} is ${scoring.status}`, "It has ended already.");
    const now = new Date();
    await tx.scoring.update({
      where: { id: scoring.id },
      data:
        scoring.status === "queued"
          ? { status: "cancelled", cancelRequestedAt: now, finishedAt: now, activity: null }
          : { cancelRequestedAt: now, activity: "stopping" },
    });
    await notify(tx, scoringChannel(scoring.id), { type: "state" });
  });
  return { scoringId: input.scoringId };
}
