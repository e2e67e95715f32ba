import type { StoredLabel } from "@/domain/labels/kind-parts";
import type { AnswerOf, LabelKind, StoredOf } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../../database/client";

/** The rows that hang on a label and keep its answer, in the form in which Prisma creates them with the label. */
export type AnswerRows = Omit<Partial<Prisma.LabelUncheckedCreateInput>, keyof Prisma.LabelCreateManyInput>;

/** The label that Prisma returns for a kind's select. */
export type RowOf<Select extends Prisma.LabelSelect> = { id: string } & Prisma.LabelGetPayload<{ select: Select }>;

/**
 * The way in which the answers of one label kind lie in the database. Each kind's file has one such object, and
 * `server/labels/kinds.ts` lists them.
 */
export interface KindRows<Kind extends LabelKind, Row> {
  /** The columns and rows of a label that `read` and `toConvertible` need, under one key. */
  select: Prisma.LabelSelect;
  /**
   * What `select` reads under its key, as JSON in SQL, of a label (as l). All labels of a project are read by this, for
   * Prisma takes several times as long to make its objects.
   */
  json: Prisma.Sql;
  /** Makes the rows to create with the label; rows that do not hang on the label are written at once. */
  insert(
    answer: AnswerOf<Kind>,
    given: { tx: Transaction; projectId: string; promptId: string; userId: string },
  ): Promise<AnswerRows>;
  /**
   * Reads the answer as it was sent.
   * @throws Error where the label lacks the rows of its kind
   */
  read(row: Row): AnswerOf<Kind>;
  /** Reads the label as the conversion to records takes it; `criteria` are those of its task's rubric. */
  toConvertible(label: StoredLabel, row: Row, criteria: readonly { id: string; weight: number }[]): StoredOf<Kind>;
}

/**
 * Fails on a label without its rows. The database's checks promise them; a label without them must stop an export or a
 * list, not thin it out.
 */
export function present<T>(labelId: string, value: T | null, of: string): T {
  if (value === null) throw new Error(`label ${labelId} lacks its ${of}`);
  return value;
}
