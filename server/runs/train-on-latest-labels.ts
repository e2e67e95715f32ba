import { DomainError } from "@/domain/errors";
import type { Method } from "@/domain/runs/run-config";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { readCurrentPreview } from "../datasets/preview-dataset";
import { chooseBase } from "./choose-base";
import { chooseReward } from "./choose-reward";
import { queueRun } from "./queue-run";
import { type Overrides, resolveConfiguration } from "./resolve-configuration";
import { trainingDevice } from "./training-device";
import { listMethods, type RecordCounts, tooFewRecords, trainingRecords } from "./training-methods";

/**
 * Freezes the labels into a dataset version (the latest one, where nothing changed since) and queues a run on it. The
 * version commits first, for its folder must be whole before anything names it; run row and job then come together or
 * not at all, and the next run simply uses a version without a run. PPO without a reward model has one trained first:
 * two runs on the same version from the same base, of which the second waits for the first.
 *
 * @returns the run of the method that was asked for, and the one that it waits for
 * @throws DomainError `too-few-labels`, `run-config-invalid`, `reward-missing`
 */
export async function trainOnLatestLabels(input: {
  actor: ProjectActor;

  method: Method;
  baseModelVersionId: string;
  /** PPO's reward model: null for a computed reward alone; the newest one where the key is absent. */
  rewardModelVersionId?: string | null;
  /**
   * True where PPO's reward model is to be trained first although there may be one. Where there is none, this happens
   * anyway.
   */
  trainRewardFirst?: boolean;
  overrides?: Overrides;
}): Promise<{ runId: string; number: number; waitsFor: { runId: string; number: number } | null }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { method, overrides } = input;
  const base = await chooseBase(database(), { projectId, modelVersionId: input.baseModelVersionId, method });
  const preview = await readCurrentPreview(projectId);
  const reward = await chooseReward(database(), { ...input, projectId, counts: preview });
  if (reward.missing) throw new DomainError("reward-missing", "a run of PPO without a reward", reward.missing);
  const methods: Method[] = reward.trainFirst ? ["reward", method] : [method];
  const circumstances = {
    fromAdapter: base.artifactKind === "adapter",
    device: await trainingDevice(),
  };
  const resolve = (of: Method, counts: RecordCounts, desirable = 0) =>
    resolveConfiguration({
      ...circumstances,
      method: of,
      desirable,
      examples: trainingRecords(of, counts),
      ...(of === method && overrides ? { overrides } : {}), // the values belong to the method that was asked for
    });
  for (const of of methods) {
    refuse(of, preview);
    resolve(of, preview); // wrong keys are refused before anything is made
  }
  const dataset = await createDatasetVersion({ projectId, userId });
  const counts = await countRecords(dataset.id); // labels may have come or gone since the preview
  for (const of of methods) refuse(of, counts);
  const ofTraining = { datasetVersionId: dataset.id, kind: "unpaired", split: "train" } as const;
  const desirable = await database().datasetRecord.count({ where: { ...ofTraining, desirable: true } });
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const last = await tx.trainingRun.aggregate({ where: { projectId }, _max: { number: true } });
    const common = { projectId, userId, dataset, base };
    let number = last._max.number ?? 0;
    let waitsFor: { id: string; number: number } | undefined;
    if (reward.trainFirst)
      waitsFor = await queueRun(tx, { ...common, ...resolve("reward", counts), method: "reward", number: ++number });
    const run = await queueRun(tx, {
      ...common,
      ...resolve(method, counts, desirable),
      method,
      number: ++number,
      ...(waitsFor ? { waitsFor } : { rewardModelVersionId: reward.chosen?.id ?? null }),
    });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "runs.trainOnLatestLabels",
      subject: ["TrainingRun", run.id],
      detail:
        `run ${number}: ${method} on dataset version ${dataset.version}` +
        (waitsFor ? `, after run ${waitsFor.number}: reward` : ""),
    });
    return {
      runId: run.id,
      number,
      waitsFor: waitsFor ? { runId: waitsFor.id, number: waitsFor.number } : null,
    };
  });
}

function refuse(method: Method, counts: RecordCounts): void {
  const reason = tooFewRecords(method, counts) ?? listMethods(counts).find((one) => one.method === method)?.reason;
  if (reason) throw new DomainError("too-few-labels", `${method}: ${reason}`, reason);
}

async function countRecords(datasetVersionId: string): Promise<RecordCounts> {
  const rows = await database().datasetRecord.groupBy({
    by: ["kind", "split"],
    where: { datasetVersionId },
    _count: { _all: true },
  });
  const count = (kind: string, split: string) =>
    rows.find((row) => row.kind === kind && row.split === split)?._count._all ?? 0;
  const of = (kind: string) => ({ train: count(kind, "train"), validation: count(kind, "validation") });
  return {
    pairs: of("preference"),
    demonstrations: of("demonstration"),
    unpaired: of("unpaired"),
    prompts: await countPrompts(datasetVersionId),
  };
}

async function countPrompts(datasetVersionId: string): Promise<RecordCounts["prompts"]> {
  const rows = await database().$queryRaw<{ split: string; count: bigint }[]>`
    SELECT "split"::text, count(DISTINCT "promptId") AS "count" FROM "DatasetRecord"
    WHERE "datasetVersionId" = ${datasetVersionId}::uuid GROUP BY "split"`;
  const of = (split: string) => Number(rows.find((row) => row.split === split)?.count ?? 0);
  return { train: of("train"), validation: of("validation") };
}
