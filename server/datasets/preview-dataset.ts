import { type ProjectActor, requireAdmin } from "../access/actor";
import type { Transaction } from "../database/client";
import { type Computation, currentResult, type KeptResult, recentResult } from "../results/keep-result";
import { labelState } from "../results/label-state";
import { pauses } from "../serve-others";
import { buildRecords, toExcluded } from "./build-records";
import { countNewLabels } from "./count-new-labels";
import { RecordCounter, type RecordCounts } from "./count-records";
import { readExclusions, readSnapshot } from "./read-snapshot";

/** The content of a dataset version that would be taken now. */
export interface DatasetPreview extends RecordCounts {
  /** The records by their prompt's task type, most frequent first. */
  taskTypes: { name: string; count: number }[];
  latest: { id: string; version: number; usedCount: number } | null;
  /** The number of labels given since the latest version was taken. */
  newSinceLatest: number;
}

/** A preview, and when it was counted. */
export interface CountedPreview extends DatasetPreview {
  countedAt: Date;
  /** False where labels have come or gone since; they are being counted. */
  isCurrent: boolean;
}

/**
 * Says what a dataset version would hold, and writes nothing. The counts are kept until the labels change; of a large
 * project the last ones are given while new ones are counted.
 */
export async function previewDataset(actor: ProjectActor): Promise<CountedPreview> {
  const { projectId } = requireAdmin(actor);
  return readPreview(projectId);
}

export const readPreview = async (projectId: string): Promise<CountedPreview> =>
  counted(await recentResult(previewOf(projectId)));

/** The preview of the labels as they are now, however long it takes. */
export const readCurrentPreview = async (projectId: string): Promise<CountedPreview> =>
  counted(await currentResult(previewOf(projectId)));

const counted = ({ content, computedAt, isCurrent }: KeptResult<DatasetPreview>): CountedPreview => ({
  ...content,
  countedAt: computedAt,
  isCurrent,
});

const previewOf = (projectId: string): Computation<DatasetPreview> => ({
  projectId,
  name: "preview",
  state: async (tx) => {
    const latest = await findLatest(tx, projectId);
    return `${await labelState(tx, projectId)} ${latest?.id ?? "-"}`;
  },
  compute: (tx) => countPreview(tx, projectId),
});

const findLatest = (tx: Transaction, projectId: string) =>
  tx.datasetVersion.findFirst({
    where: { projectId, status: "ready" },
    orderBy: { version: "desc" },
    select: { id: true, version: true, usedCount: true },
  });

async function countPreview(tx: Transaction, projectId: string): Promise<DatasetPreview> {
  const excluded = toExcluded(await readExclusions(tx, projectId));
  const counter = new RecordCounter();
  const pause = pauses();
  for await (const tasks of readSnapshot(tx, projectId))
    for (const task of tasks) {
      counter.add(buildRecords(task, excluded));
      await pause();
    }
  const latest = await findLatest(tx, projectId);
  return {
    ...counter.counts(),
    taskTypes: counter.taskTypes(),
    latest,
    newSinceLatest: await countNewLabels(tx, projectId, latest?.id ?? null),
  };
}
