import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { evaluationChannel, notify } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { lockEvaluation } from "./evaluation-row";

/**
 * Ends an evaluation: at once where it still waits, else as soon as the trainer looks. Suites that are answered stay.
 * @throws DomainError `evaluation-finished`, `evaluation-not-found`
 */
export async function cancelEvaluation(input: { projectId: string; evaluationId: string }) {
  await database().$transaction(async (tx) => {
    const evaluation = await lockEvaluation(tx, input);
    if (isJobFinished(evaluation.status))
      throw new DomainError("evaluation-finished", `${evaluation.id} is ${evaluation.status}`, "It has ended already.");
    const now = new Date();
    const waits = evaluation.status === "queued";
    await tx.evaluation.update({
      where: { id: evaluation.id },
      data: {
        cancelRequestedAt: now,
        ...(waits ? { status: "cancelled", finishedAt: now, activity: null } : { activity: "stopping" }),
      },
    });
    await notify(tx, evaluationChannel(evaluation.id), { type: "state" });
  });
  return { evaluationId: input.evaluationId };
}
