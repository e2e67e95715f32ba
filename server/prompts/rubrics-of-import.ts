import type { FileCriterion } from "@/domain/intake/file-task";
import { SCORES } from "@/domain/labels/rubric";
import type { Transaction } from "../database/client";

export interface ImportRubric {
  id: string;
  /** The ids of the criteria in the rubric's order. */
  criterionIds: string[];
}

const keyOf = (criteria: readonly FileCriterion[]): string =>
  JSON.stringify(criteria.map(({ name, weight, description, steps }) => [name, weight, description, steps]));

/**
 * Finds the rubrics that imported ratings need, or makes them. The project's own rubric has versions from 1; what came
 * with a file is kept under 0 and below, so that it never becomes the rubric of new tasks.
 *
 * @returns the rubric of such criteria
 */
export async function rubricsOfImport(
  tx: Transaction,
  { projectId, userId }: { projectId: string; userId: string },
  wanted: readonly FileCriterion[][],
): Promise<(criteria: readonly FileCriterion[]) => ImportRubric | null> {
  const known = new Map<string, ImportRubric>();
  const byKey = new Map(wanted.map((criteria) => [keyOf(criteria), criteria]));
  if (byKey.size === 0) return () => null;
  let lowest = 1;
  const rows = await tx.rubric.findMany({
    where: { projectId, version: { lt: 1 } },
    include: { criteria: { orderBy: { position: "asc" }, include: { steps: { orderBy: { value: "asc" } } } } },
  });
  for (const { id, version, criteria } of rows) {
    lowest = Math.min(lowest, version);
    const written = criteria.map(({ steps, ...criterion }) => ({
      ...criterion,
      steps: steps.map(({ description }) => description),
    }));
    known.set(keyOf(written), { id, criterionIds: criteria.map((criterion) => criterion.id) });
  }
  for (const [key, criteria] of byKey) {
    if (known.has(key)) continue;
    lowest -= 1;
    const made = await tx.rubric.create({
      data: {
        ...{ projectId, authorId: userId, version: lowest },
        criteria: {
          create: criteria.map(({ steps, ...criterion }, position) => ({
            ...{ ...criterion, position },
            steps: { create: SCORES.map((value, index) => ({ value, description: steps[index] ?? "" })) },
          })),
        },
      },
      include: { criteria: { orderBy: { position: "asc" } } },
    });
    known.set(key, { id: made.id, criterionIds: made.criteria.map(({ id }) => id) });
  }
  return (criteria) => known.get(keyOf(criteria)) ?? null;
}
