import { kappaWithInterval } from "@/domain/quality/pair-of-people";
import type { Estimate } from "@/domain/statistics/bootstrap";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { pauses } from "../serve-others";
import type { AnnotatorQuality } from "./describe-annotators";
import { measureQuality, type Quality } from "./measure-quality";

/** How far people agree, of what it was computed, and when. */
export interface QualityReport extends Omit<Quality, "pairs"> {
  /** The number of pairs of people that `listPairs` gives. */
  pairs: number;
  computedAt: Date;
  /** False where labels have come or gone since; they are being looked at. */
  isCurrent: boolean;
}

export async function readQuality(actor: ProjectActor): Promise<QualityReport> {
  const { projectId } = requireAdmin(actor);
  const { content, computedAt, isCurrent } = await measureQuality(projectId);
  return { ...content, pairs: content.pairs.length, computedAt, isCurrent };
}

export const PAIR_ORDERS = ["shared", "lowest", "highest"] as const;
export type PairOrder = (typeof PAIR_ORDERS)[number];

export interface PairRow {
  people: Pick<AnnotatorQuality, "id" | "userId" | "name">[];
  /** The number of comparisons that both people answered. */
  shared: number;
  /** Cohen’s κ of these comparisons. */
  kappa: Estimate;
}

/**
 * Lists pairs of people who compared the same. Intervals are computed only of those that are shown.
 * @param input.search words that all stand in the name of one of the two
 */
export async function listPairs(input: {
  actor: ProjectActor;
  search?: string;
  order: PairOrder;
  limit: number;
}): Promise<{ rows: PairRow[]; total: number }> {
  const { projectId } = requireAdmin(input.actor);
  const { annotators, pairs } = (await measureQuality(projectId)).content;
  const words = (input.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const found = pairs.filter(({ people }) => {
    const names = people.map((place) => annotators[place]?.name.toLowerCase() ?? "").join(" ");
    return words.every((word) => names.includes(word));
  });
  const pause = pauses();
  const rows: PairRow[] = [];
  for (const { people, shared, table } of inOrder(found, input.order).slice(0, input.limit))
    rows.push({
      people: people.flatMap((place) => annotators[place] ?? []).map(({ id, userId, name }) => ({ id, userId, name })),
      shared,
      kappa: await kappaWithInterval(table, pause),
    });
  return { rows, total: found.length };
}

/** Orders the pairs of people as the page asks; pairs whose κ is undefined stand last. */
function inOrder(pairs: Quality["pairs"], order: PairOrder): Quality["pairs"] {
  if (order === "shared") return pairs;
  const sign = order === "lowest" ? 1 : -1;
  const place = ({ kappa }: Quality["pairs"][number]) => (kappa === null ? Number.POSITIVE_INFINITY : sign * kappa);
  return pairs.toSorted((a, b) => place(a) - place(b) || b.shared - a.shared);
}
