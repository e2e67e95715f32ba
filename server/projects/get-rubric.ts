import type { CriterionInput } from "@/domain/labels/rubric";
import { type Database, database } from "../database/client";

/** The rubric that new rating tasks get, or null where none was written. */
export async function getRubric(
  projectId: string,
  db: Database = database(),
): Promise<{ version: number; criteria: CriterionInput[] } | null> {
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
