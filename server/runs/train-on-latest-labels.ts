import { DomainError } from "@/domain/errors";
import type { Method } from "@/domain/runs/run-config";
import type { Prisma } from "@/generated/prisma/client";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { newId } from "../database/new-id";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { previewDataset } from "../datasets/preview-dataset";
import { sendJob } from "../jobs/send-job";
import { chooseBase } from "./choose-base";
import { chooseReward } from "./choose-reward";
import { type Overrides, resolveConfiguration } from "./resolve-configuration";
import { trainingDevice } from "./training-device";
import { listMethods, type RecordCounts, tooFewRecords, trainingRecords } from "./training-methods";

/**
 * Freezes the labels into a dataset version (the latest one, where nothing changed since) and queues a run on it. The
 * version commits first, for its folder must be whole before anything names it; run row and job then come together or
 * not at all, and a version without a run is simply used by the next one.
 *
 * @throws DomainError `too-few-labels`, `run-config-invalid`, `reward-missing`
 */
export async function trainOnLatestLabels(input: {
  projectId: string;
  userId: string;
  method: Method;
  baseModelVersionId: string;
  /** Of PPO: null for a computed reward alone; left out: the newest reward model. */
  rewardModelVersionId?: string | null;
  overrides?: Overrides;
}): Promise<{ runId: string; number: number }> {
  const { projectId, userId, method, overrides } = input;
  const base = await chooseBase(database(), { projectId, modelVersionId: input.baseModelVersionId, method });
  const reward = await chooseReward(database(), input);
  if (reward.missing) throw new DomainError("reward-missing", "a run of PPO without a reward", reward.missing);
  const circumstances = {
    method,
    rewardModel: reward.chosen !== null,
    fromAdapter: base.artifactKind === "adapter",
    device: await trainingDevice(),
    overrides,
  };
  const preview = await previewDataset(projectId);
  refuse(method, preview);
  resolveConfiguration({ ...circumstances, examples: trainingRecords(method, preview) }); // wrong keys, before anything is made
  const dataset = await createDatasetVersion({ projectId, userId });
  const counts = await countRecords(dataset.id); // labels may have come or gone since the preview
  refuse(method, counts);
  const ofTraining = { datasetVersionId: dataset.id, kind: "unpaired", split: "train" } as const;
  const desirable = await database().datasetRecord.count({ where: { ...ofTraining, desirable: true } });
  const { values, reasons } = resolveConfiguration({
    ...circumstances,
    examples: trainingRecords(method, counts),
    desirable,
  });
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const last = await tx.trainingRun.aggregate({ where: { projectId }, _max: { number: true } });
    const number = (last._max.number ?? 0) + 1;
    const id = newId();
    const run = await tx.trainingRun.create({
      data: {
        id,
        projectId,
        number,
        method,
        datasetVersionId: dataset.id,
        baseModelVersionId: base.id,
        rewardModelVersionId: reward.chosen?.id,
        configuration: values as Prisma.InputJsonObject,
        activity: "waiting for the trainer",
        folder: `runs/${id}`,
        requestedById: userId,
        logLines: {
          create: [`${method.toUpperCase()} on dataset version ${dataset.version} from ${base.name}.`, ...reasons].map(
            (message) => ({ level: "info", message }),
          ),
        },
      },
    });
    await sendJob(tx, "train", { id: run.id });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "runs.trainOnLatestLabels",
      subject: ["TrainingRun", run.id],
      detail: `run ${number}: ${method} on dataset version ${dataset.version}`,
    });
    return { runId: run.id, number };
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
  return { pairs: of("preference"), demonstrations: of("demonstration"), unpaired: of("unpaired") };
}
