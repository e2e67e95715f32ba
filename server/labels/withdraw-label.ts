import { notBuilt } from "../api/not-built";

export async function withdrawLabel(_input: {
  projectId: string;
  userId: string;
  labelId: string;
}): Promise<{ taskId: string }> {
  return notBuilt("withdrawLabel");
}
