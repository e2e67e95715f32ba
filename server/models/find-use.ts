import type { Database } from "../database/client";

const atWork = { status: { in: ["queued" as const, "running" as const] } };
/** A paused run counts as unfinished, because it goes on as soon as a person says so. */
const runsAtWork = { status: { in: ["queued" as const, "running" as const, "paused" as const] } };

/**
 * Says what still needs the files of a model, in words that go on after its name; null where nothing does. The model's
 * row, its completions and its lineage need no files.
 */
export async function findUse(
  db: Database,
  { id, projectId }: { id: string; projectId: string },
): Promise<string | null> {
  const promoted = await db.modelVersion.findFirst({
    where: { projectId, promotedAt: { not: null } },
    orderBy: { promotedAt: "desc" },
    select: { id: true },
  });
  if (promoted?.id === id) return "is the promoted model";
  const model = await db.modelVersion.findUniqueOrThrow({
    where: { id },
    select: {
      artifact: true,
      children: { where: { filesRemovedAt: null }, take: 1, orderBy: { id: "desc" }, select: { name: true } },
      runsFrom: { where: runsAtWork, take: 1, select: { number: true } },
      runsScored: { where: runsAtWork, take: 1, select: { number: true } },
      generations: { where: atWork, take: 1, select: { id: true } },
      comparedIn: { where: atWork, take: 1, select: { id: true } },
      scoredIn: { where: atWork, take: 1, select: { id: true } },
      scorings: { where: atWork, take: 1, select: { id: true } },
      evaluations: { where: atWork, take: 1, select: { id: true } },
      exports: { where: atWork, take: 1, select: { id: true } },
    },
  });
  if (model.children[0]) return `is what “${model.children[0].name}” was trained from`;
  if (model.runsFrom[0]) return `is what run ${model.runsFrom[0].number} starts from`;
  if (model.runsScored[0]) return `is the reward model of run ${model.runsScored[0].number}`;
  if (model.generations[0] || model.comparedIn[0] || model.scoredIn[0]) return "is writing or scoring completions";
  if (model.scorings[0]) return "is scoring completions";
  if (model.evaluations[0]) return "is being evaluated";
  if (model.exports[0]) return "is being exported";
  // Runs of earlier versions name their reward models in their configuration.
  const [run] = await db.$queryRaw<{ number: number }[]>`
    SELECT "number" FROM "TrainingRun" WHERE "projectId" = ${projectId}::uuid AND "status" IN ('queued', 'running', 'paused')
      AND (position(${id} IN "configuration"::text) > 0 OR position(${model.artifact} IN "configuration"::text) > 0)
    LIMIT 1`;
  return run ? `is a reward model of run ${run.number}` : null;
}
