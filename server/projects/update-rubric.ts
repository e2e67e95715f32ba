import { type CriterionInput, SCORES } from "@/domain/labels/rubric";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { readRubric } from "./get-rubric";

/** Writes a new version of the rubric. Earlier ones stay: their tasks and scores point to their criteria. */
export async function updateRubric(input: { actor: ProjectActor; criteria: CriterionInput[] }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { criteria } = input;
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId); // version numbers are given out one at a time
    const last = await readRubric(tx, projectId);
    if (last && JSON.stringify(last.criteria) === JSON.stringify(criteria)) return { version: last.version };
    const created = await tx.rubric.create({
      data: {
        projectId,
        authorId: userId,
        version: (last?.version ?? 0) + 1,
        criteria: {
          create: criteria.map(({ name, description, weight, steps }, position) => ({
            position,
            name,
            description,
            weight,
            steps: { create: SCORES.map((value, index) => ({ value, description: steps[index] ?? "" })) },
          })),
        },
      },
    });
    const subject: [string, string] = ["Rubric", created.id];
    await recordAudit(tx, { actorId: userId, projectId, action: "projects.updateRubric", subject });
    return { version: created.version };
  });
}
