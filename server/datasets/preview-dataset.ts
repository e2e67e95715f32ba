import { type Ledger, sumLedger } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { type BuiltRecords, buildRecords } from "./build-records";
import { countNewLabels } from "./count-new-labels";
import { readSnapshot } from "./read-snapshot";

export interface SplitCounts {
  train: number;
  validation: number;
}

/** The yield of the labels: the ledger, and the records by kind and split. */
export interface RecordCounts extends Ledger {
  pairs: SplitCounts;
  demonstrations: SplitCounts;
  unpaired: SplitCounts;
  /** The number of distinct prompts over all kinds of records. */
  prompts: SplitCounts;
  /** The number of desirable ones among the unpaired records that are trained on. */
  desirable: number;
}

/** The content of a dataset version that would be taken now. */
export interface DatasetPreview extends RecordCounts {
  /** The records by their prompt's task type, most frequent first. */
  taskTypes: { name: string; count: number }[];
  latest: { id: string; version: number; usedCount: number } | null;
  /** The number of labels given since the latest version was taken. */
  newSinceLatest: number;
}

/** Looks at the labels as they are now and writes nothing. */
export async function previewDataset(actor: ProjectActor): Promise<DatasetPreview> {
  const { projectId } = requireAdmin(actor);
  return readPreview(projectId);
}

export async function readPreview(projectId: string): Promise<DatasetPreview> {
  return database().$transaction(
    async (tx) => {
      const { records, ledger } = buildRecords(await readSnapshot(tx, projectId));
      const latest = await tx.datasetVersion.findFirst({
        where: { projectId, status: "ready" },
        orderBy: { version: "desc" },
        select: { id: true, version: true, usedCount: true },
      });
      return {
        ...countRecords({ records, ledger }),
        taskTypes: countTaskTypes(records),
        latest,
        newSinceLatest: await countNewLabels(tx, projectId, latest?.id ?? null),
      };
    },
    { isolationLevel: "RepeatableRead", timeout: 60_000 },
  );
}

export const countRecords = ({ records, ledger }: BuiltRecords): RecordCounts => ({
  ...sumLedger(ledger),
  pairs: countSplits(records, "preference"),
  demonstrations: countSplits(records, "demonstration"),
  unpaired: countSplits(records, "unpaired"),
  prompts: countPrompts(records),
  desirable: records.filter((record) => record.kind === "unpaired" && record.split === "train" && record.desirable)
    .length,
});

const countSplits = (records: BuiltRecords["records"], kind: RecordKind): SplitCounts => {
  const ofKind = records.filter((record) => record.kind === kind);
  const train = ofKind.filter(({ split }) => split === "train").length;
  return { train, validation: ofKind.length - train };
};

/** Each prompt is on one side alone, because the split goes by its text. */
function countPrompts(records: BuiltRecords["records"]): SplitCounts {
  const distinct = (split: string) =>
    new Set(records.filter((record) => record.split === split).map(({ promptId }) => promptId)).size;
  return { train: distinct("train"), validation: distinct("validation") };
}

function countTaskTypes(records: BuiltRecords["records"]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { taskType } of records) counts.set(taskType, (counts.get(taskType) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}
