import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { forgetSearches } from "../labels/search-memory";

/** Takes a prompt out of the loop (no new tasks, no records) or brings it back. Nothing is deleted. */
export async function archivePrompt(input: { actor: ProjectActor; promptId: string; archived: boolean }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { promptId, archived } = input;
  await database().$transaction(async (tx) => {
    const { count } = await tx.prompt.updateMany({
      where: { id: promptId, projectId },
      data: { archivedAt: archived ? new Date() : null },
    });
    if (count === 0)
      throw new DomainError("prompt-not-found", `no prompt ${promptId} in ${projectId}`, "There is no such prompt.");
    const action = archived ? "prompts.archive" : "prompts.restore";
    await recordAudit(tx, { actorId: userId, projectId, action, subject: ["Prompt", promptId] });
  });
  forgetSearches(projectId); // the prompt's open tasks are gone, or back
}
