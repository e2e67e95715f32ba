import type { ErrorCode } from "@/domain/error-codes";
import type { TrainingRun } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { lockRun } from "./run-row";

export const AWAITED_RUN_ENDED = "awaited-run-ended" satisfies ErrorCode;

type Awaited = Pick<TrainingRun, "id" | "number" | "method" | "status" | "errorMessage">;

/** Ends the runs that wait for a run which ended without a model, in the same way, with the reason and what to do. */
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
        errorHint: `“Run again”, here or on run ${number}, starts both runs again. You can also start PPO with another reward.`,
      },
    });
    await tx.runLogLine.create({ data: { runId: id, level: failed ? "error" : "warn", message } });
    await notify(tx, jobChannel("run", id), { type: "read-again" });
  }
}

/** Lists the runs that the end of this one ended, in order; a person may have ended others for reasons of their own. */
export const listEndedWith = (tx: Database, awaited: Pick<TrainingRun, "id">) =>
  tx.trainingRun.findMany({
    where: { waitsForId: awaited.id, errorCode: AWAITED_RUN_ENDED, status: { in: ["failed", "cancelled"] } },
    orderBy: { number: "asc" },
  });

/** Lists the runs that wait for this one, locked in the order of their numbers. */
export async function lockWaiting(tx: Database, awaited: Pick<TrainingRun, "id">): Promise<TrainingRun[]> {
  const found = await tx.trainingRun.findMany({
    where: { waitsForId: awaited.id, status: "queued" },
    orderBy: { number: "asc" },
    select: { id: true },
  });
  const locked: TrainingRun[] = [];
  for (const { id } of found) locked.push(await lockRun(tx, { runId: id }));
  return locked.filter(({ status }) => status === "queued"); // a person may have cancelled the run meanwhile
}
