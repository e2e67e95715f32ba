import type { StoredLabel } from "@/domain/labels/kind-parts";
import type { AnswerOf, LabelKind, StoredOf } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../../database/client";

/** The rows that hang on a label and keep its answer, in the form in which Prisma creates them with the label. */
export type AnswerRows = Omit<Partial<Prisma.LabelUncheckedCreateInput>, keyof Prisma.LabelCreateManyInput>;

/** What Prisma returns of a label for a kind's select. */
export type RowOf<Select extends Prisma.LabelSelect> = { id: string } & Prisma.LabelGetPayload<{ select: Select }>;

/** How the answers of one label kind lie in the database: one such object in each kind's file, listed in `server/labels/kinds.ts`. */
export interface KindRows<Kind extends LabelKind, Row> {
  /** The columns and rows of a label that `read` and `toConvertible` need. */
  select: Prisma.LabelSelect;
  /** The rows to create with the label; what lies outside of it is written at once. */
  insert(
    answer: AnswerOf<Kind>,
    given: { tx: Transaction; projectId: string; promptId: string; userId: string },
  ): Promise<AnswerRows>;
  /** The answer as it was sent. @throws Error where the label lacks the rows of its kind */
  read(row: Row): AnswerOf<Kind>;
  /** The label as the conversion to records takes it; `criteria` are those of its task's rubric. */
  toConvertible(label: StoredLabel, row: Row, criteria: readonly { id: string; weight: number }[]): StoredOf<Kind>;
}

/** The database's checks promise it; a label without its rows must stop an export and a list, not thin them out. */
export function present<T>(labelId: string, value: T | null, of: string): T {
  if (value === null) throw new Error(`label ${labelId} lacks its ${of}`);
  return value;
}
