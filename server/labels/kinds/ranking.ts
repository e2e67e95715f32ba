import type { Ranking } from "@/domain/labels/ranking";
import { Prisma } from "@/generated/prisma/client";
import { type KindRows, present, type RowOf } from "./kind-rows";

const select = { ranking: { select: { completionId: true, rank: true } } } as const satisfies Prisma.LabelSelect;
type Row = RowOf<typeof select>;

const json = Prisma.sql`coalesce(
  (SELECT json_agg(json_build_object('completionId', r."completionId", 'rank', r."rank"))
   FROM "RankingEntry" r WHERE r."labelId" = l."id"), '[]')`;

const read = ({ id, ranking }: Row): Ranking => ({ ranks: present(id, ranking.length > 0 ? ranking : null, "ranks") });

export const rankingRows = {
  select,
  json,
  insert: async ({ ranks }) => ({ ranking: { createMany: { data: ranks } } }),
  read,
  toConvertible: (label, row) => ({ ...label, kind: "ranking", ranking: read(row) }),
} satisfies KindRows<"ranking", Row>;
