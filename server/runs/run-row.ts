import { DomainError } from "@/domain/errors";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { type Database, database } from "../database/client";

const include = {
  datasetVersion: { select: { id: true, version: true, usedCount: true } },
  baseModelVersion: { select: { id: true, name: true } },
  rewardModelVersion: { select: { id: true, name: true } },
  modelVersion: { select: { id: true, name: true } },
  waitsFor: { select: { id: true, number: true, method: true, status: true } },
  waiting: { orderBy: { number: "asc" }, select: { id: true, number: true, method: true, status: true } },
  requestedBy: { select: { id: true, name: true } },
} as const satisfies Prisma.TrainingRunInclude;

type Row = Prisma.TrainingRunGetPayload<{ include: typeof include }>;
export type RunRow = ReturnType<typeof describeRun>;

/** A run as pages see it. */
function describeRun(run: Row) {
  return {
    id: run.id,
    number: run.number,
    method: run.method,
    status: run.status,
    /** The run's present activity, in words. */
    activity: run.activity,
    step: run.step,
    totalSteps: run.totalSteps,
    etaSeconds: run.etaSeconds,
    tokensPerSecond: run.tokensPerSecond,
    backend: run.backend,
    error: run.errorMessage
      ? { code: run.errorCode ?? "unexpected", message: run.errorMessage, hint: run.errorHint }
      : null,
    /** The hyperparameters in the spelling of RUN.json. */
    configuration: run.configuration as Record<string, unknown>,
    datasetVersion: run.datasetVersion,
    base: run.baseModelVersion,
    /** The reward model that scored the completions, for PPO. */
    rewardModel: run.rewardModelVersion,
    model: run.modelVersion,
    /** The run that makes, or made, the reward model. */
    waitsFor: run.waitsFor,
    /** True where the run ended, or is about to end, with its newest checkpoint instead of its last step. */
    stopsAtCheckpoint: run.stopAtCheckpoint,
    /** True where the trainer can't take the run yet. */
    isWaiting: run.status === "queued" && run.waitsFor !== null && run.waitsFor.status !== "completed",
    /** The runs that wait, or waited, for this one's model. */
    awaitedBy: run.waiting,
    requestedBy: run.requestedBy,
    attempt: run.attempt,
    cancelRequested: run.cancelRequestedAt !== null,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    heartbeatAt: run.heartbeatAt,
  };
}

/**
 * Finds a run of the project.
 * @throws DomainError `run-not-found`
 */
export const getRun = async ({ actor, runId }: { actor: ProjectActor; runId: string }): Promise<RunRow> =>
  readRun({ projectId: requireAdmin(actor).projectId, runId });

/** Reads a run of the project for its queue; `watchJob` has checked the actor before. */
export async function readRun({ projectId, runId }: { projectId: string; runId: string }): Promise<RunRow> {
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId }, include });
  if (!run) throw runNotFound(runId);
  return describeRun(run);
}

export async function listRuns(actor: ProjectActor): Promise<RunRow[]> {
  const { projectId } = requireAdmin(actor);
  const runs = await database().trainingRun.findMany({ where: { projectId }, orderBy: { number: "desc" }, include });
  return runs.map(describeRun);
}

export const runNotFound = (runId: string) =>
  new DomainError("run-not-found", `no run ${runId}`, "There is no such run.");

/** Reads the run's row and locks it against other transactions that change its status. */
export async function lockRun(tx: Database, { projectId, runId }: { projectId?: string; runId: string }) {
  await tx.$queryRaw`SELECT 1 FROM "TrainingRun" WHERE "id" = ${runId}::uuid FOR UPDATE`;
  const run = await tx.trainingRun.findFirst({ where: { id: runId, projectId } });
  if (!run) throw runNotFound(runId);
  return run;
}
