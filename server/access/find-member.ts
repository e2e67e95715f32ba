import { DomainError } from "@/domain/errors";
import type { Transaction } from "../database/client";

/**
 * Finds a member of the project with their name.
 * @throws DomainError `member-not-found`
 */
export async function findMember(tx: Transaction, projectId: string, userId: string) {
  const member = await tx.membership.findUnique({
    where: { projectId_userId: { projectId, userId } },
    select: { role: true, user: { select: { id: true, name: true, instanceRole: true, deactivatedAt: true } } },
  });
  if (!member)
    throw new DomainError("member-not-found", `${userId} is not in ${projectId}`, "There is no such member.");
  return member;
}

/**
 * Checks that the project still has an admin, because without one it could never be changed again. Call this after the
 * change, with the project locked, so that two admins can't each take the other's role at once.
 * @throws DomainError `last-admin-conflict`
 */
export async function assertAdminLeft(tx: Transaction, projectId: string): Promise<void> {
  const admin = await tx.membership.findFirst({ where: { projectId, role: "admin", user: { deactivatedAt: null } } });
  if (!admin)
    throw new DomainError(
      "last-admin-conflict",
      `${projectId} would have no admin`,
      "This is the project's last admin. Make somebody else an admin first.",
    );
}
