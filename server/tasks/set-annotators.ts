import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { forgetSearches } from "../labels/search-memory";
import { checkAnnotators } from "./check-annotators";
import { lockTask } from "./lock-task";
import { settleTask } from "./task-status";

/**
 * Changes who may do a task from now on. Labels that others have given stay; a person who may no longer do the task and
 * has it open loses the place.
 * @throws DomainError `task-not-found`, `annotator-not-found`, `too-few-annotators`
 */
export async function setAnnotators(input: {
  actor: ProjectActor;
  taskId: string;
  annotatorIds: string[];
}): Promise<{ taskId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { taskId, annotatorIds } = input;
  const set = await database().$transaction(async (tx) => {
    const { requiredLabels } = await lockTask(tx, projectId, taskId);
    await checkAnnotators(tx, { projectId, annotatorIds, requiredLabels });
    await tx.taskAssignee.deleteMany({ where: { taskId } });
    await tx.taskAssignee.createMany({ data: annotatorIds.map((id) => ({ taskId, userId: id })) });
    if (annotatorIds.length > 0) await tx.taskLease.deleteMany({ where: { taskId, userId: { notIn: annotatorIds } } });
    await settleTask(tx, taskId);
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "tasks.setAnnotators",
      subject: ["Task", taskId],
      detail: annotatorIds.length === 0 ? "everyone" : `${annotatorIds.length} people`,
    });
    return { taskId };
  });
  forgetSearches(projectId);
  return set;
}
