import { database } from "../database/client";
import { after, pageOf } from "../database/page";
import { type LabelSummary, labelSummarySelect, summariseLabel } from "./label-row";

/** The labels that a person gave, newest first, with those that were corrected or taken back. */
export async function listMyLabels(input: {
  projectId: string;
  userId: string;
  cursor?: string | null;
  limit: number;
}): Promise<{ rows: LabelSummary[]; nextCursor: string | null }> {
  const { projectId, userId, cursor, limit } = input;
  const labels = await database().label.findMany({
    where: { projectId, annotatorId: userId, importId: null, ...after(cursor) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: labelSummarySelect,
  });
  return pageOf(labels.map(summariseLabel), limit);
}
