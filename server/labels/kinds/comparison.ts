import type { Comparison } from "@/domain/labels/comparison";
import type { Prisma } from "@/generated/prisma/client";
import { type KindRows, present } from "./kind-rows";

const select = { comparison: true } as const satisfies Prisma.LabelSelect;
type Row = Prisma.LabelGetPayload<{ select: typeof select }>;

function read(row: Row): Comparison {
  const { outcome, strength, chosenCompletionId, rejectedCompletionId } = present(row.comparison, "comparison");
  if (outcome !== "chosen") return { outcome };
  return {
    outcome,
    chosenCompletionId: present(chosenCompletionId, "chosen completion"),
    rejectedCompletionId: present(rejectedCompletionId, "rejected completion"),
    strength: present(strength, "strength"),
  };
}

export const comparisonRows = {
  select,
  insert: async (comparison) => ({ comparison: { create: comparison } }),
  read,
  toConvertible: (label, row) => ({ ...label, kind: "comparison", comparison: read(row) }),
} satisfies KindRows<"comparison", Row>;
