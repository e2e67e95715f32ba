import type { Conversion } from "./kind-parts";
import { type ConvertibleLabel, LABEL_KINDS, type LabelKind, ofKind } from "./kinds";

/**
 * Turns the live labels of a snapshot into records, task by task. The order of the result depends only on ids, so that
 * the same labels give the same records, and later the same bytes, whatever order the database returns them in.
 */
export function convertLabels(labels: readonly ConvertibleLabel[]): Conversion {
  const byTask = new Map<string, ConvertibleLabel[]>();
  for (const label of [...labels].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const group = byTask.get(label.taskId);
    if (group) group.push(label);
    else byTask.set(label.taskId, [label]);
  }
  const result: Conversion = { records: [], used: [], leftOut: [] };
  for (const [, group] of [...byTask].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = group;
    if (!first) continue;
    const conversion = convertTask(first.kind, group);
    result.records.push(...conversion.records);
    result.used.push(...conversion.used);
    result.leftOut.push(...conversion.leftOut);
  }
  return result;
}

/** The labels of one task all have the kind that the task asks for. */
const convertTask = <Kind extends LabelKind>(kind: Kind, labels: readonly ConvertibleLabel[]): Conversion =>
  LABEL_KINDS[kind].convert(ofKind(kind, labels));
