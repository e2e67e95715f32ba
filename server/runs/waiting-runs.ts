import { REWARD_IN_DOUBT } from "@/domain/runs/reward-doubt";
import type { TrainingRun } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { sendJob } from "../jobs/send-job";
import { doubtRewardModel } from "./doubt-reward-model";
import { lockWaiting } from "./end-waiting-runs";

/**
 * A run that waits for another one (`waitsForId`) is queued without a job. The transaction that completes the other run
 * gives it its job and its reward model, or pauses it where that model's report speaks against it. The transaction that
 * ends the other run without a model ends the waiting one too. Of two such runs the awaited one is locked first.
 */
/**
 * Lets the runs go on that wait for the reward model which this run has made: to the trainer, or to a person where the
 * model is in doubt.
 */
export async function startWaitingRuns(tx: Database, awaited: TrainingRun, model: { id: string; name: string }) {
  const waiting = await lockWaiting(tx, awaited);
  const doubt = waiting.length > 0 ? await doubtRewardModel(awaited) : null;
  for (const { id } of waiting) {
    const data = doubt === null ? { activity: "waiting for the trainer" } : heldBack(doubt);
    await tx.trainingRun.update({ where: { id }, data: { rewardModelVersionId: model.id, ...data } });
    const message = `Run ${awaited.number} has completed: “${model.name}” scores the completions.`;
    await tx.runLogLine.create({ data: { runId: id, level: "info", message } });
    if (doubt === null) await sendJob(tx, "train", { id });
    else await tx.runLogLine.create({ data: { runId: id, level: "warn", message: doubt } });
    await notify(tx, jobChannel("run", id), { type: "read-again" });
  }
}

/** The state of a run that a person has to let go on, since its reward model is in doubt. */
export const heldBack = (doubt: string) => ({
  status: "paused" as const,
  finishedAt: new Date(),
  activity: null,
  errorCode: REWARD_IN_DOUBT,
  errorMessage: doubt,
  errorHint: "More comparisons may make a better reward model: label more, then train it again.",
});
