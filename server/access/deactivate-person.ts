import { DomainError } from "@/domain/errors";
import { database, type Transaction } from "../database/client";
import { freePlacesOf } from "../labels/lease-task";
import { requireInstanceAdmin } from "./actor";
import type { CurrentUser } from "./current-user";
import { spendResets } from "./make-password-reset";
import { recordAudit } from "./record-audit";

interface Input {
  user: CurrentUser;
  userId: string;
}

/**
 * Shuts a person out of the instance: their sessions, streams, invitations and links end, and their leases are free at once.
 * What they gave stays. Where a project would have no admin left, whoever shuts them out becomes its admin.
 * @throws DomainError `admin-forbidden`, `person-not-found`, `deactivation-conflict` for oneself
 * @returns the names of the projects that were taken over
 */
export async function deactivatePerson({ user, userId }: Input): Promise<{ takenOver: string[] }> {
  const actorId = requireInstanceAdmin(user);
  if (userId === actorId)
    throw new DomainError(
      "deactivation-conflict",
      `${userId} asked to be deactivated`,
      "You can't deactivate yourself: somebody has to run the instance.",
    );
  return database().$transaction(async (tx) => {
    // Two admins may shut each other out at once: the second one waits here for the first, and is refused.
    await tx.$queryRaw`SELECT 1 FROM "User" WHERE "instanceRole" = 'admin' ORDER BY "id" FOR UPDATE`;
    const actor = await tx.user.findUniqueOrThrow({ where: { id: actorId } });
    if (actor.deactivatedAt) throw new DomainError("signed-out", `${actorId} is deactivated`, "Please sign in.");
    const person = await findPerson(tx, userId);
    if (person.deactivatedAt) return { takenOver: [] };
    const data = { deactivatedAt: new Date(), sessionVersion: { increment: 1 } };
    await tx.user.update({ where: { id: userId }, data });
    await freePlacesOf(tx, null, userId);
    await spendResets(tx, { userId });
    const subject: [string, string] = ["User", userId];
    await recordAudit(tx, { actorId, action: "people.deactivate", subject, detail: person.name });
    return { takenOver: await takeOverProjects(tx, { actorId, person }) };
  });
}

/**
 * Lets a person in again, with the memberships that they had. They sign in anew; the links that they had made stay spent.
 * @throws DomainError `admin-forbidden`, `person-not-found`
 */
export async function reactivatePerson({ user, userId }: Input): Promise<void> {
  const actorId = requireInstanceAdmin(user);
  await database().$transaction(async (tx) => {
    const person = await findPerson(tx, userId);
    if (!person.deactivatedAt) return;
    await tx.user.update({ where: { id: userId }, data: { deactivatedAt: null } });
    const subject: [string, string] = ["User", userId];
    await recordAudit(tx, { actorId, action: "people.reactivate", subject, detail: person.name });
  });
}

/** @throws DomainError `person-not-found` */
export async function findPerson(tx: Transaction, userId: string) {
  const person = await tx.user.findUnique({ where: { id: userId } });
  if (person) return person;
  throw new DomainError("person-not-found", `no user ${userId}`, "There is no such person.");
}

async function takeOverProjects(
  tx: Transaction,
  { actorId, person }: { actorId: string; person: { id: string; name: string } },
): Promise<string[]> {
  const left = await tx.project.findMany({
    where: {
      archivedAt: null,
      memberships: {
        some: { userId: person.id, role: "admin" },
        none: { role: "admin", user: { deactivatedAt: null } },
      },
    },
    select: { id: true, name: true },
    orderBy: { name: "asc" },
  });
  for (const { id: projectId } of left) {
    await tx.membership.upsert({
      where: { projectId_userId: { projectId, userId: actorId } },
      create: { projectId, userId: actorId, role: "admin" },
      update: { role: "admin" },
    });
    const detail = `as admin, because ${person.name} was deactivated`;
    await recordAudit(tx, { actorId, projectId, action: "members.join", subject: ["User", actorId], detail });
  }
  return left.map(({ name }) => name);
}
