import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";

/**
 * Keeps unsent work, so that it is there on another device too. Empty content takes the draft away.
 * @throws DomainError `task-not-found`
 */
export async function saveDraft(input: { actor: ProjectActor; taskId: string; content: string }): Promise<void> {
  const { projectId, userId } = requireMember(input.actor);
  const { taskId, content } = input;
  const task = await database().task.findFirst({ where: { id: taskId, projectId }, select: { id: true } });
  if (!task) throw new DomainError("task-not-found", `no task ${taskId} in ${projectId}`, "There is no such task.");
  if (content === "") await database().labelDraft.deleteMany({ where: { taskId, userId } });
  else
    await database().labelDraft.upsert({
      where: { taskId_userId: { taskId, userId } },
      create: { taskId, userId, content },
      update: { content },
    });
}
