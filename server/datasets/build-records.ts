import type { LeftOutReason } from "@/domain/datasets/ledger";
import type { DatasetRecord } from "@/domain/datasets/records";
import { convertLabels } from "@/domain/labels/convert";
import type { ConvertibleLabel } from "@/domain/labels/kinds";
import { answerOfJson, toConvertible } from "../labels/kinds";
import { personKey } from "../labels/label-person";
import type { ExclusionColumns, SnapshotLabel, SnapshotTask } from "./read-snapshot";

export interface LedgerEntry {
  labelId: string;
  used: boolean;
  reason: LeftOutReason | null;
}

export type BuiltRecord = DatasetRecord & {
  split: "train" | "validation";
  taskType: string;
  /** The people of the labels that the record came from, in their order; an import may name none. */
  annotatorIds: string[];
};

/** What the labels of a task give: records, and for each label what became of it. */
export interface BuiltRecords {
  records: BuiltRecord[];
  ledger: LedgerEntry[];
}

/** The ids that exclusions name. */
export interface Excluded {
  labels: ReadonlySet<string | null>;
  tasks: ReadonlySet<string | null>;
  annotators: ReadonlySet<string | null>;
}

export const toExcluded = (exclusions: readonly ExclusionColumns[]): Excluded => ({
  labels: new Set(exclusions.map(({ labelId }) => labelId)),
  tasks: new Set(exclusions.map(({ taskId }) => taskId)),
  annotators: new Set(exclusions.map(({ annotatorId }) => annotatorId)),
});

/**
 * Converts the labels of a task to records, under these exclusions.
 * @throws Error where the ledger does not name each label exactly once: *exported = used + left out*
 */
export function buildRecords(task: SnapshotTask, excluded: Excluded): BuiltRecords {
  const { labels, leftOut: notLive } = countingLabels(task, excluded);
  const { records, used, leftOut } = convertLabels(labels);
  const ledger: LedgerEntry[] = [
    ...used.map((labelId) => ({ labelId, used: true, reason: null })),
    ...[...notLive, ...leftOut].map((entry) => ({ ...entry, used: false })),
  ];
  const named = new Set(ledger.map(({ labelId }) => labelId)).size;
  if (ledger.length !== task.labels.length || named !== task.labels.length)
    throw new Error(`the ledger has ${ledger.length} entries for the ${task.labels.length} labels of task ${task.id}`);
  const people = new Map(task.labels.map((label) => [label.id, nameInRecords(label)]));
  return {
    records: records.map((record) => ({
      ...record,
      split: task.split,
      taskType: task.taskType,
      annotatorIds: record.labelIds.flatMap((id) => people.get(id) ?? []),
    })),
    ledger,
  };
}

/** The person of a label as records name people; null where an import names nobody. */
const nameInRecords = ({ importId, annotatorId, sourceAnnotatorId }: SnapshotLabel): string | null =>
  importId === null ? annotatorId : sourceAnnotatorId;

/** Sorts the labels of a task into those that count and the others, with the reason why not. */
export function countingLabels(
  task: SnapshotTask,
  excluded: Excluded,
): { labels: ConvertibleLabel[]; leftOut: { labelId: string; reason: LeftOutReason }[] } {
  const labels: ConvertibleLabel[] = [];
  const leftOut: { labelId: string; reason: LeftOutReason }[] = [];
  for (const label of task.labels) {
    const reason = reasonAgainst(label, task, excluded);
    if (reason) leftOut.push({ labelId: label.id, reason });
    else labels.push(toStored(label, task));
  }
  return { labels, leftOut };
}

function toStored(label: SnapshotLabel, task: SnapshotTask): ConvertibleLabel {
  return toConvertible(
    {
      id: label.id,
      taskId: task.id,
      annotatorId: personKey(label),
      promptId: task.promptId,
      completionIds: task.completionIds,
      // Two files may call different groups by one name.
      groupId: task.sourceGroupId === null ? null : `${task.importId}:${task.sourceGroupId}`,
    },
    answerOfJson(label),
    task.criteria,
  );
}

function reasonAgainst(label: SnapshotLabel, task: SnapshotTask, excluded: Excluded): LeftOutReason | null {
  if (label.isSuperseded) return "superseded";
  if (label.isWithdrawn) return "withdrawn";
  if (excluded.labels.has(label.id)) return "excluded_label";
  if (excluded.tasks.has(task.id)) return "excluded_task";
  // An exclusion of an account holds for what it gave, and for what it imported without the name of a person.
  if (label.sourceAnnotatorId === null && excluded.annotators.has(label.annotatorId)) return "excluded_annotator";
  if (task.isArchived) return "archived_prompt";
  return null;
}
