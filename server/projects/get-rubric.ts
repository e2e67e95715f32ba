import type { CriterionInput } from "@/domain/labels/rubric";
import { type ProjectActor, requireMember } from "../access/actor";
import { type Database, database } from "../database/client";

interface LatestRubric {
  version: number;
  criteria: CriterionInput[];
}

/** Reads the rubric that new rating tasks get; null where none was written. */
export async function getRubric(actor: ProjectActor): Promise<LatestRubric | null> {
  const { projectId } = requireMember(actor);
  return readRubric(database(), projectId);
}

export async function readRubric(db: Database, projectId: string): Promise<LatestRubric | null> {
  const rubric = await db.rubric.findFirst({
    where: { projectId, version: { gte: 1 } }, // versions below 1 came with a file
    orderBy: { version: "desc" },
    select: {
      version: true,
      criteria: {
        orderBy: { position: "asc" },
        select: {
          name: true,
          description: true,
          weight: true,
          steps: { orderBy: { value: "asc" }, select: { description: true } },
        },
      },
    },
  });
  return (
    rubric && {
      version: rubric.version,
      criteria: rubric.criteria.map(({ name, description, weight, steps }) => ({
        name,
        description,
        weight,
        steps: steps.map((step) => step.description),
      })),
    }
  );
}
