import type { LeftOutReason } from "@/domain/datasets/ledger";
import type { DatasetRecord } from "@/domain/datasets/records";
import { convertLabels } from "@/domain/labels/convert";
import type { Snapshot } from "./read-snapshot";

export interface LedgerEntry {
  labelId: string;
  used: boolean;
  reason: LeftOutReason | null;
}

/** The result of a snapshot: its records, and for each label what became of it. */
export interface BuiltRecords {
  records: (DatasetRecord & {
    split: "train" | "validation";
    taskType: string;
    /** The people of the labels that the record came from, in their order; an import may name none. */
    annotatorIds: string[];
  })[];
  ledger: LedgerEntry[];
}

/**
 * Converts a snapshot's labels to records.
 * @throws Error where the ledger does not name each label exactly once: *exported = used + left out*
 */
export function buildRecords(snapshot: Snapshot): BuiltRecords {
  const { records, used, leftOut } = convertLabels(snapshot.labels);
  const ledger: LedgerEntry[] = [
    ...used.map((labelId) => ({ labelId, used: true, reason: null })),
    ...[...snapshot.leftOut, ...leftOut].map((entry) => ({ ...entry, used: false })),
  ].sort((a, b) => (a.labelId < b.labelId ? -1 : 1));
  const exported = snapshot.labels.length + snapshot.leftOut.length;
  if (ledger.length !== exported || new Set(ledger.map(({ labelId }) => labelId)).size !== exported)
    throw new Error(`the ledger has ${ledger.length} entries for ${exported} labels`);
  return {
    records: records.map((record) => {
      const prompt = snapshot.prompts.get(record.promptId);
      if (!prompt) throw new Error(`a record names prompt ${record.promptId}, which no label belongs to`);
      const annotatorIds = record.labelIds.flatMap((id) => snapshot.people.get(id) ?? []);
      return { ...record, split: prompt.split, taskType: prompt.taskType, annotatorIds };
    }),
    ledger,
  };
}
