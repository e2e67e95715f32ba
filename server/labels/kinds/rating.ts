import type { Rating } from "@/domain/labels/rating";
import { Prisma } from "@/generated/prisma/client";
import { type KindRows, present, type RowOf } from "./kind-rows";

const select = {
  rating: { select: { completionId: true, criterionId: true, score: true } },
} as const satisfies Prisma.LabelSelect;
type Row = RowOf<typeof select>;

const json = Prisma.sql`coalesce(
  (SELECT json_agg(json_build_object('completionId', r."completionId", 'criterionId', r."criterionId", 'score', r."score"))
   FROM "RatingScore" r WHERE r."labelId" = l."id"), '[]')`;

const read = ({ id, rating }: Row): Rating => ({ scores: present(id, rating.length > 0 ? rating : null, "scores") });

export const ratingRows = {
  select,
  json,
  insert: async ({ scores }) => ({ rating: { createMany: { data: scores } } }),
  read,
  toConvertible: (label, row, criteria) => ({
    ...label,
    kind: "rating",
    rating: read(row),
    weights: Object.fromEntries(criteria.map(({ id, weight }) => [id, weight])),
  }),
} satisfies KindRows<"rating", Row>;
