import { notBuilt } from "../api/not-built";

export async function saveDraft(_input: {
  projectId: string;
  userId: string;
  taskId: string;
  content: string;
}): Promise<void> {
  return notBuilt("saveDraft");
}
