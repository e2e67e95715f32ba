import { z } from "zod";
import { comparisonKind } from "./comparison";
import { demonstrationKind } from "./demonstration";
import type { KindAnswer, KindParts } from "./kind-parts";
import { rankingKind } from "./ranking";
import { ratingKind } from "./rating";

/** The kinds of labels. When one is added, the compiler asks for its parts wherever else it needs them. */
const kinds = {
  demonstration: demonstrationKind,
  comparison: comparisonKind,
  ranking: rankingKind,
  rating: ratingKind,
};
type Kinds = typeof kinds;

export type LabelKind = keyof Kinds;

/** The answer of a kind, as it is checked and kept. */
export type AnswerOf<Kind extends LabelKind> = z.output<Kinds[Kind]["answer"]>;
/** The answer of a kind as it may be sent: keys that have a default may be absent. */
export type SentAnswerOf<Kind extends LabelKind> = z.input<Kinds[Kind]["answer"]>;
/** The answer to a task, of any kind. */
export type LabelAnswer = { [Kind in LabelKind]: KindAnswer<Kind, AnswerOf<Kind>> }[LabelKind];
/** A live label of a kind, as it goes into a snapshot. */
export type StoredOf<Kind extends LabelKind> = Parameters<Kinds[Kind]["convert"]>[0][number];
export type ConvertibleLabel = { [Kind in LabelKind]: StoredOf<Kind> }[LabelKind];

export const LABEL_KINDS: { [Kind in LabelKind]: KindParts<Kind, AnswerOf<Kind>, StoredOf<Kind>> } = kinds;
export const labelKinds = Object.keys(kinds) as LabelKind[];

export const labelKindSchema = z.enum(labelKinds);

/**
 * Makes sure of a kind that a row is read with, or is about to be written with: the database keeps it as a plain name.
 * @throws Error where this version of the program does not list the kind
 */
export function toLabelKind(name: string): LabelKind {
  if (!Object.hasOwn(LABEL_KINDS, name)) throw new Error(`There is no label kind "${name}" in this version.`);
  return name as LabelKind;
}

/** Sorts what is counted by kind in the order of the list of kinds. */
export const inKindOrder = (a: { kind: LabelKind }, b: { kind: LabelKind }): number =>
  labelKinds.indexOf(a.kind) - labelKinds.indexOf(b.kind);

export const LABEL_KIND_NAMES = Object.fromEntries(labelKinds.map((kind) => [kind, LABEL_KINDS[kind].name])) as Record<
  LabelKind,
  string
>;

/** Selects the labels of one kind. */
export const ofKind = <Kind extends LabelKind>(kind: Kind, labels: readonly ConvertibleLabel[]) =>
  labels.filter((label): label is ConvertibleLabel & StoredOf<Kind> => label.kind === kind);
