import { DomainError } from "@/domain/errors";
import type { Transaction } from "./client";

/** Makes the transactions that number things within a project (versions, runs) or import into it follow one another. */
export async function lockProject(tx: Transaction, projectId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM "Project" WHERE "id" = ${projectId}::uuid FOR NO KEY UPDATE`;
  if (rows.length === 0)
    throw new DomainError("project-not-found", `no project ${projectId}`, "There is no such project.");
}
