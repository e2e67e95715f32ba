import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";

/**
 * Keeps unsent work, so that it is there in another browser too. Empty content takes the draft away, and so does an answer:
 * what is saved late, after the person's answer has come in, is not kept.
 * @returns when the draft was kept, by the database's clock; null where none is kept now
 * @throws DomainError `task-not-found`
 */
export async function saveDraft(input: {
  actor: ProjectActor;
  taskId: string;
  content: string;
}): Promise<{ savedAt: Date | null }> {
  const { projectId, userId } = requireMember(input.actor);
  const { taskId, content } = input;
  const task = await database().task.findFirst({ where: { id: taskId, projectId }, select: { id: true } });
  if (!task) throw new DomainError("task-not-found", `no task ${taskId} in ${projectId}`, "There is no such task.");
  if (content === "") {
    await database().labelDraft.deleteMany({ where: { taskId, userId } });
    return { savedAt: null };
  }
  const [kept] = await database().$queryRaw<{ savedAt: Date }[]>`
    INSERT INTO "LabelDraft" ("taskId", "userId", "content", "updatedAt")
    SELECT ${taskId}::uuid, ${userId}::uuid, ${content}, now()
    WHERE NOT EXISTS (SELECT 1 FROM "LiveLabel" l WHERE l."taskId" = ${taskId}::uuid
                      AND l."annotatorId" = ${userId}::uuid AND l."importId" IS NULL)
    ON CONFLICT ("taskId", "userId") DO UPDATE SET "content" = excluded."content", "updatedAt" = now()
    RETURNING "updatedAt" AS "savedAt"`;
  return { savedAt: kept?.savedAt ?? null };
}
