import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";

/** Writes a new version of the guidelines; earlier ones stay, since labels point to the one that was in force. */
export async function updateGuidelines(input: { actor: ProjectActor; markdown: string }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { markdown } = input;
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId); // version numbers are given out one at a time
    const last = await tx.guidelineVersion.findFirst({ where: { projectId }, orderBy: { version: "desc" } });
    if (last?.markdown === markdown) return { version: last.version };
    const created = await tx.guidelineVersion.create({
      data: { projectId, markdown, authorId: userId, version: (last?.version ?? 0) + 1 },
    });
    const subject: [string, string] = ["GuidelineVersion", created.id];
    await recordAudit(tx, { actorId: userId, projectId, action: "projects.updateGuidelines", subject });
    return { version: created.version };
  });
}
