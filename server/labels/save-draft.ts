import { database } from "../database/client";
import { findTask } from "../tasks/find-task";

/** Keeps unsent work, so that it is there on another device too. Empty content takes the draft away. */
export async function saveDraft(input: {
  projectId: string;
  userId: string;
  taskId: string;
  content: string;
}): Promise<void> {
  const { projectId, userId, taskId, content } = input;
  await findTask(projectId, taskId);
  if (content === "") await database().labelDraft.deleteMany({ where: { taskId, userId } });
  else
    await database().labelDraft.upsert({
      where: { taskId_userId: { taskId, userId } },
      create: { taskId, userId, content },
      update: { content },
    });
}
