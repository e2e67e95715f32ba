import type { AnswerEntry } from "@/domain/labels/answer";
import type { StoredLabel } from "@/domain/labels/kind-parts";
import { type ConvertibleLabel, type LabelAnswer, type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { Prisma } from "@/generated/prisma/client";
import { comparisonRows } from "./kinds/comparison";
import { demonstrationRows } from "./kinds/demonstration";
import type { AnswerRows, KindRows } from "./kinds/kind-rows";
import { rankingRows } from "./kinds/ranking";
import { ratingRows } from "./kinds/rating";

const kinds = {
  demonstration: demonstrationRows,
  comparison: comparisonRows,
  ranking: rankingRows,
  rating: ratingRows,
};

type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The columns of a label whose kind is not known before: the rows of every kind. */
export const answerSelect = Object.assign({}, ...Object.values(kinds).map(({ select }) => select)) as Together<
  (typeof kinds)[keyof typeof kinds]["select"]
>;
export type AnsweredLabel = Prisma.LabelGetPayload<{ select: typeof answerSelect }> & { id: string; kind: string };

/** The answer of a label (as l) as JSON in SQL, of whatever kind it is; `answerOfJson` reads it. */
export const answerJson = Prisma.sql`CASE l."kind" ${Prisma.join(
  Object.entries(kinds).map(([kind, { json }]) => Prisma.sql`WHEN ${kind} THEN ${json}`),
  " ",
)} END`;

const KIND_ROWS: { [Kind in LabelKind]: KindRows<Kind, AnsweredLabel> } = kinds;

/**
 * Reads the answer that a label keeps.
 * @throws Error where the label lacks the rows of its kind, or its kind is not known here
 */
export function readAnswer(label: AnsweredLabel): LabelAnswer {
  const kind = toLabelKind(label.kind);
  // The key is the kind's own name, which TypeScript can't follow through a union.
  return { kind, [kind]: KIND_ROWS[kind].read(label) } as LabelAnswer;
}

/** Makes the rows that keep an answer, to be created with its label. */
export const insertAnswer = <Kind extends LabelKind>(
  { kind, answer }: AnswerEntry<Kind>,
  given: Parameters<KindRows<Kind, AnsweredLabel>["insert"]>[1],
): Promise<AnswerRows> => KIND_ROWS[kind].insert(answer, given);

/**
 * Reads what `answerJson` gave: the rows of the label's own kind, in the form in which Prisma would give them. Nobody
 * reads the rows of another kind, so that they may be absent.
 * @throws Error where the kind is not known here
 */
export function answerOfJson({ id, kind, answer }: { id: string; kind: string; answer: unknown }): AnsweredLabel {
  const [key] = Object.keys(KIND_ROWS[toLabelKind(kind)].select);
  return { id, kind, [key as string]: answer } as unknown as AnsweredLabel;
}

/**
 * Reads a label's rows as the domain's conversion takes them.
 * @throws Error where the label lacks the rows of its kind, or its kind is not known here
 */
export const toConvertible = (
  label: StoredLabel,
  row: AnsweredLabel,
  criteria: readonly { id: string; weight: number }[],
): ConvertibleLabel => KIND_ROWS[toLabelKind(row.kind)].toConvertible(label, row, criteria);
