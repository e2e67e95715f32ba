import type { ErrorCode } from "@/domain/error-codes";
import { REWARD_IN_DOUBT } from "@/domain/runs/reward-doubt";
import type { TrainingRun } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { notify, runChannel } from "../jobs/notify";
import { sendJob } from "../jobs/send-job";
import { doubtRewardModel } from "./doubt-reward-model";
import { lockRun } from "./run-row";

/**
 * A run that waits for another one (`waitsForId`) is queued without a job. It gets its job, and what the other one made
 * as its reward model, in the transaction that completes the other one, or is paused there where that model's report
 * speaks against it; it ends in the one that ends the other without a model. Of two such runs the one that is waited for
 * is locked first.
 */
export const AWAITED_RUN_ENDED = "awaited-run-ended" satisfies ErrorCode;

type Awaited = Pick<TrainingRun, "id" | "number" | "method" | "status" | "errorMessage">;

/** The run has made its reward model: what waits goes to the trainer, or to a person where that model is in doubt. */
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
    await notify(tx, runChannel(id), { type: "read-again" });
  }
}

/** How a run stands that a person has to let go on, since its reward model is in doubt. */
export const heldBack = (doubt: string) => ({
  status: "paused" as const,
  finishedAt: new Date(),
  activity: null,
  errorCode: REWARD_IN_DOUBT,
  errorMessage: doubt,
  errorHint: "More comparisons may make a better reward model: label more, then train it again.",
});

/** The run ended without a model: what waits for it ends in the same way, with the reason and what to do. */
export async function endWaitingRuns(tx: Database, awaited: Awaited): Promise<void> {
  const { number, status, errorMessage } = awaited;
  const failed = status === "failed";
  const how = failed ? `failed${errorMessage ? `: ${errorMessage}` : "."}` : "was cancelled.";
  const message = `Run ${number}, which was to make the reward model, ${how}`;
  for (const { id } of await lockWaiting(tx, awaited)) {
    await tx.trainingRun.update({
      where: { id },
      data: {
        status: failed ? "failed" : "cancelled",
        finishedAt: new Date(),
        activity: null,
        errorCode: AWAITED_RUN_ENDED,
        errorMessage: message,
        errorHint: `“Run again”, here or on run ${number}, starts both again. Or start PPO with another reward.`,
      },
    });
    await tx.runLogLine.create({ data: { runId: id, level: failed ? "error" : "warn", message } });
    await notify(tx, runChannel(id), { type: "read-again" });
  }
}

/** Runs that the end of this one ended, in order; a person may have ended others for reasons of their own. */
export const listEndedWith = (tx: Database, awaited: Pick<TrainingRun, "id">) =>
  tx.trainingRun.findMany({
    where: { waitsForId: awaited.id, errorCode: AWAITED_RUN_ENDED, status: { in: ["failed", "cancelled"] } },
    orderBy: { number: "asc" },
  });

async function lockWaiting(tx: Database, awaited: Pick<TrainingRun, "id">): Promise<TrainingRun[]> {
  const found = await tx.trainingRun.findMany({
    where: { waitsForId: awaited.id, status: "queued" },
    orderBy: { number: "asc" },
    select: { id: true },
  });
  const locked: TrainingRun[] = [];
  for (const { id } of found) locked.push(await lockRun(tx, { runId: id }));
  return locked.filter(({ status }) => status === "queued"); // a person may have cancelled it meanwhile
}
