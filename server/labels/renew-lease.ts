import { notBuilt } from "../api/not-built";

export async function renewLease(_input: {
  projectId: string;
  userId: string;
  taskId: string;
}): Promise<{ leaseExpiresAt: Date }> {
  return notBuilt("renewLease");
}
