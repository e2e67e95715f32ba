import { type ConvertibleLabel, LABEL_KINDS, type LabelKind, labelKinds, ofKind } from "../labels/kinds";
import type { AgreementFigure, SharedTask } from "./agreement-figure";

export interface KindAgreement {
  kind: LabelKind;
  labels: number;
  /** The number of tasks that at least two people judged, on which the figures rest. */
  sharedTasks: number;
  figures: AgreementFigure[];
  /** The reason why agreement is undefined for this kind of label; null where it has figures. */
  undefinedBecause: string | null;
}

/**
 * Measures how far people agree, kind by kind. Each figure has a 95 % interval over tasks, and is null where it is
 * undefined. Kinds without any figure come last.
 */
export function agreementByKind(labels: readonly ConvertibleLabel[]): KindAgreement[] {
  const kinds = labelKinds.flatMap((kind) => summarise(kind, labels) ?? []);
  return [
    ...kinds.filter(({ undefinedBecause }) => undefinedBecause === null),
    ...kinds.filter(({ undefinedBecause }) => undefinedBecause !== null),
  ];
}

function summarise<Kind extends LabelKind>(kind: Kind, labels: readonly ConvertibleLabel[]): KindAgreement | null {
  const given = ofKind(kind, labels);
  if (given.length === 0) return null;
  const shared = sharedTasks<(typeof given)[number]>(given);
  const { agreement } = LABEL_KINDS[kind];
  const counts = { kind, labels: given.length, sharedTasks: shared.length };
  return typeof agreement === "function"
    ? { ...counts, figures: agreement(shared), undefinedBecause: null }
    : { ...counts, figures: [], undefinedBecause: agreement.undefinedBecause };
}

/** Collects the labels of each task that at least two people judged. */
export function sharedTasks<Label extends { taskId: string }>(labels: readonly Label[]): SharedTask<Label>[] {
  const byTask = new Map<string, Label[]>();
  for (const label of labels) byTask.set(label.taskId, [...(byTask.get(label.taskId) ?? []), label]);
  return [...byTask.values()].filter((task) => task.length > 1);
}
