import type { Ranking } from "@/domain/labels/ranking";
import type { Prisma } from "@/generated/prisma/client";
import { type KindRows, present, type RowOf } from "./kind-rows";

const select = { ranking: { select: { completionId: true, rank: true } } } as const satisfies Prisma.LabelSelect;
type Row = RowOf<typeof select>;

const read = ({ id, ranking }: Row): Ranking => ({ ranks: present(id, ranking.length > 0 ? ranking : null, "ranks") });

export const rankingRows = {
  select,
  insert: async ({ ranks }) => ({ ranking: { createMany: { data: ranks } } }),
  read,
  toConvertible: (label, row) => ({ ...label, kind: "ranking", ranking: read(row) }),
} satisfies KindRows<"ranking", Row>;
