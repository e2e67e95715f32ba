import type { Comparison } from "@/domain/labels/comparison";
import { Prisma } from "@/generated/prisma/client";
import { type KindRows, present, type RowOf } from "./kind-rows";

const select = { comparison: true } as const satisfies Prisma.LabelSelect;
type Row = RowOf<typeof select>;

const json = Prisma.sql`(SELECT row_to_json(c) FROM "ComparisonLabel" c WHERE c."labelId" = l."id")`;

function read(row: Row): Comparison {
  const { outcome, strength, chosenCompletionId, rejectedCompletionId } = present(row.id, row.comparison, "comparison");
  if (outcome !== "chosen") return { outcome };
  return {
    outcome,
    chosenCompletionId: present(row.id, chosenCompletionId, "chosen completion"),
    rejectedCompletionId: present(row.id, rejectedCompletionId, "rejected completion"),
    strength: present(row.id, strength, "strength"),
  };
}

export const comparisonRows = {
  select,
  json,
  insert: async (comparison) => ({ comparison: { create: comparison } }),
  read,
  toConvertible: (label, row) => ({
    ...label,
    kind: "comparison",
    comparison: read(row),
    margin: row.comparison?.margin ?? null,
  }),
} satisfies KindRows<"comparison", Row>;
