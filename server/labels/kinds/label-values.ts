import { Prisma } from "@/generated/prisma/client";
import { type AnswerRows, present, type RowOf } from "./kind-rows";

/** One named value of an answer: of the answer as a whole, or of one completion of the task. */
export interface AnswerValue {
  name: string;
  value: number | string;
  completionId?: string;
}

/** The `select` of a kind whose answers are values, so that the kind needs no table of its own. */
export const valueSelect = {
  values: { orderBy: { position: "asc" }, select: { name: true, completionId: true, number: true, text: true } },
} as const satisfies Prisma.LabelSelect;
export type ValueRow = RowOf<typeof valueSelect>;

/** The `json` of such a kind. */
export const valueJson = Prisma.sql`coalesce(
  (SELECT json_agg(json_build_object('name', v."name", 'completionId', v."completionId", 'number', v."number",
                                     'text', v."text") ORDER BY v."position")
   FROM "LabelValue" v WHERE v."labelId" = l."id"), '[]')`;

/** Makes the rows of an answer's values, which keep their order. */
export const rowsOfValues = (values: readonly AnswerValue[]): AnswerRows => ({
  values: {
    createMany: {
      data: values.map(({ name, value, completionId = null }, position) => ({
        position,
        name,
        completionId,
        number: typeof value === "number" ? value : null,
        text: typeof value === "string" ? value : null,
      })),
    },
  },
});

/**
 * Reads the values that a label keeps under one name, in their order.
 * @throws Error where the label has none
 */
export function valuesOf({ id, values }: ValueRow, name: string): Omit<AnswerValue, "name">[] {
  const found = values.filter((row) => row.name === name);
  return present(id, found.length > 0 ? found : null, name).map(({ completionId, number, text }) => ({
    value: present(id, number ?? text, name),
    ...(completionId !== null && { completionId }),
  }));
}
