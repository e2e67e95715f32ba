import { database } from "../database/client";
import type { CurrentUser } from "./current-user";

/** Describes the signed-in person and the projects they are a member of. */
export async function describeMe({ sessionVersion: _, ...user }: CurrentUser) {
  const memberships = await database().membership.findMany({
    where: { userId: user.id, project: { archivedAt: null } },
    select: { role: true, project: { select: { slug: true, name: true } } },
    orderBy: { project: { createdAt: "desc" } },
  });
  const { emailVerifiedAt, passwordHash } = await database().user.findUniqueOrThrow({
    where: { id: user.id },
    select: { emailVerifiedAt: true, passwordHash: true },
  });
  return {
    ...user,
    isEmailVerified: emailVerifiedAt !== null,
    hasPassword: passwordHash !== null,
    projects: memberships.map(({ role, project }) => ({ ...project, role })),
  };
}
