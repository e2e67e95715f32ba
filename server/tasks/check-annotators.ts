import { DomainError } from "@/domain/errors";
import type { Database } from "../database/client";

/**
 * Checks that the people who are to do a task are in the project, and that there are enough of them; an empty list
 * means everyone, now and later.
 * @throws DomainError `annotator-not-found`, `too-few-annotators`
 */
export async function checkAnnotators(
  db: Database,
  { projectId, annotatorIds, requiredLabels }: { projectId: string; annotatorIds: string[]; requiredLabels: number },
): Promise<void> {
  if (annotatorIds.length === 0) return;
  // One array is one parameter, however many people there are.
  const [found] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Membership"
    WHERE "projectId" = ${projectId}::uuid AND "userId" = ANY(${annotatorIds}::uuid[])`;
  const members = found?.count ?? 0;
  if (members < annotatorIds.length)
    throw new DomainError(
      "annotator-not-found",
      `${annotatorIds.length - members} of the annotators are not in ${projectId}`,
      "There is no such member in this project: somebody has left in the meantime. Reload the page.",
    );
  if (annotatorIds.length < requiredLabels)
    throw new DomainError(
      "too-few-annotators",
      `${requiredLabels} labels wanted of ${annotatorIds.length} people`,
      `Each task needs ${requiredLabels} people, and only ${annotatorIds.length} may do it. Choose more people, or ask for fewer labels.`,
    );
}
