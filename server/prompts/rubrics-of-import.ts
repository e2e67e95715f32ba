import { SCORES } from "@/domain/labels/rubric";
import type { Transaction } from "../database/client";
import type { ImportedAnswer } from "./imported-answer";

/** The criterion that a thumb is kept under, as a score of 5 or 1. */
export const THUMB_CRITERION = "Thumb up or down";
export const THUMB_SCORE = { up: 5, down: 1 } as const;

export interface ImportRubric {
  id: string;
  criterionIds: Map<string, string>;
}

/** The criteria of ratings that came with a file, by their names in order. */
export interface ImportRubrics {
  of(answer: ImportedAnswer): ImportRubric | null;
}

/**
 * Finds the rubrics that these ratings need, or makes them. The project's own rubric has versions from 1; what came with a
 * file is kept under 0 and below, so that it never becomes the rubric of new tasks.
 */
export async function rubricsOfImport(
  tx: Transaction,
  { projectId, userId }: { projectId: string; userId: string },
  answers: readonly ImportedAnswer[],
): Promise<ImportRubrics> {
  const known = new Map<string, ImportRubric>();
  let lowest = 1;
  const wanted = new Map(answers.map(criteriaOf).flatMap((names) => (names ? [[JSON.stringify(names), names]] : [])));
  if (wanted.size > 0) {
    const rows = await tx.rubric.findMany({
      where: { projectId, version: { lt: 1 } },
      include: { criteria: { orderBy: { position: "asc" } } },
    });
    for (const { id, version, criteria } of rows) {
      lowest = Math.min(lowest, version);
      known.set(JSON.stringify(criteria.map(({ name }) => name)), toRubric(id, criteria));
    }
  }
  for (const [key, names] of wanted) {
    if (known.has(key)) continue;
    lowest -= 1;
    const { id, criteria } = await tx.rubric.create({
      data: {
        projectId,
        authorId: userId,
        version: lowest,
        criteria: {
          create: names.map((name, position) => ({
            position,
            name,
            description: "Came with a file",
            steps: { create: SCORES.map((value) => ({ value, description: "" })) },
          })),
        },
      },
      include: { criteria: true },
    });
    known.set(key, toRubric(id, criteria));
  }
  return {
    of(answer) {
      const names = criteriaOf(answer);
      return names ? (known.get(JSON.stringify(names)) ?? null) : null;
    },
  };
}

const toRubric = (id: string, criteria: readonly { id: string; name: string }[]): ImportRubric => ({
  id,
  criterionIds: new Map(criteria.map((criterion) => [criterion.name, criterion.id])),
});

/** Lists the criteria of a rating or a thumb; null for any other answer. */
function criteriaOf(answer: ImportedAnswer): string[] | null {
  if (answer.kind === "unpaired") return [THUMB_CRITERION];
  if (answer.kind !== "rating") return null;
  return answer.completions[0]?.scores.map(({ criterion }) => criterion) ?? null;
}
