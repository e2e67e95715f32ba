import { METHOD_WORDS } from "@/domain/runs/method-words";
import type { CompleteHyperparameters, Method } from "@/domain/runs/run-config";
import type { Reason } from "@/domain/runs/run-remarks";
import type { Prisma, TrainingRun } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { newId } from "../database/new-id";
import { sendJob } from "../jobs/send-job";

/** Writes a run's row with its job, or without one where it waits for another run first. */
export async function queueRun(
  tx: Database,
  run: {
    projectId: string;
    userId: string;
    number: number;
    method: Method;
    dataset: { id: string; version: number };
    base: { id: string; name: string };
    rewardModelVersionId?: string | null;
    waitsFor?: Pick<TrainingRun, "id" | "number">;
    /** The hyperparameters, and why they are what they are. */
    values: CompleteHyperparameters;
    reasons: Reason[];
  },
): Promise<{ id: string; number: number }> {
  const { projectId, userId, number, method, dataset, base, waitsFor } = run;
  const id = newId();
  const lines = [
    `${METHOD_WORDS[method].name} on dataset version ${dataset.version} from ${base.name}.`,
    ...run.reasons.map(({ text }) => text),
  ];
  if (waitsFor) lines.push(`The run waits for run ${waitsFor.number}, which makes its reward model.`);
  await tx.trainingRun.create({
    data: {
      id,
      projectId,
      number,
      method,
      datasetVersionId: dataset.id,
      baseModelVersionId: base.id,
      rewardModelVersionId: run.rewardModelVersionId ?? null,
      waitsForId: waitsFor?.id ?? null,
      configuration: run.values as unknown as Prisma.InputJsonObject,
      activity: waitsFor ? waitingActivity(waitsFor) : "waiting for the trainer",
      folder: `runs/${id}`,
      requestedById: userId,
      logLines: { create: lines.map((message) => ({ level: "info", message })) },
    },
  });
  if (!waitsFor) await sendJob(tx, "train", { id });
  return { id, number };
}

export const waitingActivity = ({ number }: Pick<TrainingRun, "number">) =>
  `waiting for run ${number}, which makes its reward model`;
