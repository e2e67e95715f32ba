import type { LeftOutReason } from "@/domain/datasets/ledger";
import type { ConvertibleLabel } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { answerSelect, toConvertible } from "../labels/kinds";
import { personKey, personSelect } from "../labels/label-person";

/** All labels of a project at one moment: those that may become records, and the others with the reason why not. */
export interface Snapshot {
  labels: ConvertibleLabel[];
  leftOut: { labelId: string; reason: LeftOutReason }[];
  /** The person of each label that may become a record, as records name people; null where an import names nobody. */
  people: Map<string, string | null>;
  prompts: Map<string, { split: "train" | "validation"; taskType: string }>;
}

export const snapshotSelect = {
  id: true,
  kind: true,
  taskId: true,
  ...personSelect,
  withdrawal: { select: { labelId: true } },
  supersededBy: { select: { id: true } },
  task: {
    select: {
      promptId: true,
      importId: true,
      sourceGroupId: true,
      completions: { orderBy: { position: "asc" }, select: { completionId: true } },
      prompt: { select: { archivedAt: true, split: true, taskType: true } },
      rubric: { select: { criteria: { select: { id: true, weight: true } } } },
    },
  },
  ...answerSelect,
} as const satisfies Prisma.LabelSelect;

export type SnapshotLabel = Prisma.LabelGetPayload<{ select: typeof snapshotSelect }>;

/** The target of an exclusion; one of the three columns is set. */
export interface ExclusionColumns {
  labelId: string | null;
  taskId: string | null;
  annotatorId: string | null;
}

/** Reads all labels of a project. Call it in a REPEATABLE READ transaction where the result must be of one moment. */
export async function readSnapshot(db: Database, projectId: string): Promise<Snapshot> {
  const { rows, exclusions } = await readLabels(db, projectId);
  return takeSnapshot(rows, exclusions);
}

/** Reads all labels of the project and the exclusions in force. */
export async function readLabels(db: Database, projectId: string) {
  const rows = await db.label.findMany({ where: { projectId }, orderBy: { id: "asc" }, select: snapshotSelect });
  const exclusions: ExclusionColumns[] = await db.exclusion.findMany({ where: { projectId, liftedAt: null } });
  return { rows, exclusions };
}

/** Makes the snapshot of these labels under these exclusions, which need not be in force. */
export function takeSnapshot(rows: readonly SnapshotLabel[], exclusions: readonly ExclusionColumns[]): Snapshot {
  const excluded = {
    labels: new Set(exclusions.map(({ labelId }) => labelId)),
    tasks: new Set(exclusions.map(({ taskId }) => taskId)),
    annotators: new Set(exclusions.map(({ annotatorId }) => annotatorId)),
  };
  const snapshot: Snapshot = { labels: [], leftOut: [], people: new Map(), prompts: new Map() };
  for (const row of rows) {
    snapshot.prompts.set(row.task.promptId, row.task.prompt);
    const reason = reasonAgainst(row, excluded);
    if (reason) snapshot.leftOut.push({ labelId: row.id, reason });
    else {
      snapshot.labels.push(toStored(row));
      snapshot.people.set(row.id, row.importId === null ? row.annotatorId : row.sourceAnnotatorId);
    }
  }
  return snapshot;
}

function toStored(row: SnapshotLabel): ConvertibleLabel {
  const { id, taskId, task } = row;
  const completionIds = task.completions.map(({ completionId }) => completionId);
  return toConvertible(
    {
      ...{ id, taskId, annotatorId: personKey(row), promptId: task.promptId, completionIds },
      // Two files may call different groups by one name.
      groupId: task.sourceGroupId === null ? null : `${task.importId}:${task.sourceGroupId}`,
    },
    row,
    task.rubric?.criteria ?? [],
  );
}

function reasonAgainst(
  label: SnapshotLabel,
  excluded: Record<"labels" | "tasks" | "annotators", ReadonlySet<string | null>>,
): LeftOutReason | null {
  if (label.supersededBy) return "superseded";
  if (label.withdrawal) return "withdrawn";
  if (excluded.labels.has(label.id)) return "excluded_label";
  if (excluded.tasks.has(label.taskId)) return "excluded_task";
  // An exclusion of an account holds for what it gave, and for what it imported without the name of a person.
  if (label.sourceAnnotatorId === null && excluded.annotators.has(label.annotatorId)) return "excluded_annotator";
  if (label.task.prompt.archivedAt) return "archived_prompt";
  return null;
}
