import { canBeCancelled, isFinished } from "@/domain/runs/run-status";
import type { TrainingRun } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { lockRun, readRun } from "../../runs/run-row";
import { settleRun } from "../../runs/settle-run";
import { defineQueue, ONE_AFTER_ANOTHER, UNFINISHED } from "../queue";

/** The queue of training runs. A device trains one model at a time. */
export const train = defineQueue({
  name: "train",
  noun: "run",
  table: "TrainingRun",
  role: "training",
  // pg-boss lets no job be active for more than a day. A run that takes longer stops at a checkpoint and goes on from it.
  policy: ONE_AFTER_ANOTHER,
  beginning: "starting",
  whenWorkerDies: "again",
  openRows: () => {
    // A run that waits for another one gets its job when that one completes.
    const OR = [{ waitsForId: null }, { waitsFor: { status: "completed" as const } }];
    return database().trainingRun.findMany({ where: { ...UNFINISHED, OR }, select: { id: true } });
  },
  lock: (tx, { id, projectId }) => lockRun(tx, { runId: id, projectId }),
  update: (db, id, data) => db.trainingRun.update({ where: { id }, data }),
  settle: (tx, id, data) => {
    const goesOn = data.status === undefined || data.status === "running";
    return settleRun(tx, { id }, goesOn ? data : { ...data, etaSeconds: null });
  },
  /** A job that was sent too early has nothing to do: the end of the awaited run sends another. */
  mayBegin: async (tx, { waitsForId }: TrainingRun) => {
    if (waitsForId === null) return true;
    return (await tx.trainingRun.findUniqueOrThrow({ where: { id: waitsForId } })).status === "completed";
  },
  isAtRest: isFinished,
  canBeCancelled,
  read: ({ id, projectId }) => readRun({ projectId, runId: id }),
});
