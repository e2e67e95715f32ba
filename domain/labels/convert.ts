import { convertComparisons, type StoredComparison } from "./comparison";
import type { Conversion } from "./conversion";
import { convertDemonstrations, type StoredDemonstration } from "./demonstration";
import { convertRankings, type StoredRanking } from "./ranking";
import { convertRatings, type StoredRating } from "./rating";

export type ConvertibleLabel = StoredComparison | StoredDemonstration | StoredRanking | StoredRating;

/**
 * Turns the live labels of a snapshot into records, task by task. The order of the result depends only on ids, so that
 * the same labels give the same records and the same hash whatever order the database returns them in.
 */
export function convertLabels(labels: readonly ConvertibleLabel[]): Conversion {
  const byTask = new Map<string, ConvertibleLabel[]>();
  for (const label of [...labels].sort((a, b) => a.id.localeCompare(b.id))) {
    const group = byTask.get(label.taskId);
    if (group) group.push(label);
    else byTask.set(label.taskId, [label]);
  }
  const result: Conversion = { records: [], used: [], leftOut: [] };
  for (const taskId of [...byTask.keys()].sort()) {
    const conversion = convertTask(byTask.get(taskId) ?? []);
    result.records.push(...conversion.records);
    result.used.push(...conversion.used);
    result.leftOut.push(...conversion.leftOut);
  }
  return result;
}

const isKind =
  <K extends ConvertibleLabel["kind"]>(kind: K) =>
  (label: ConvertibleLabel): label is Extract<ConvertibleLabel, { kind: K }> =>
    label.kind === kind;

function convertTask(labels: readonly ConvertibleLabel[]): Conversion {
  switch (labels[0]?.kind) {
    case "comparison":
      return convertComparisons(labels.filter(isKind("comparison")));
    case "ranking":
      return convertRankings(labels.filter(isKind("ranking")));
    case "rating":
      return convertRatings(labels.filter(isKind("rating")));
    case "demonstration":
      return convertDemonstrations(labels.filter(isKind("demonstration")));
    default:
      return { records: [], used: [], leftOut: [] };
  }
}
