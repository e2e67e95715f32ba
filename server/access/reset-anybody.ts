import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { requireInstanceAdmin } from "./actor";
import type { CurrentUser } from "./current-user";
import { findPerson } from "./deactivate-person";
import { emailSchema } from "./email";
import { insertReset } from "./make-password-reset";
import { recordAudit } from "./record-audit";

/**
 * Makes a link by which any person of the instance sets a new password, for the instance's admin.
 * @throws DomainError `admin-forbidden`, `person-not-found`
 */
export async function resetAnybody({ user, userId }: { user: CurrentUser; userId: string }) {
  const actorId = requireInstanceAdmin(user);
  return database().$transaction(async (tx) => {
    const { name } = await findPerson(tx, userId);
    const subject: [string, string] = ["User", userId];
    await recordAudit(tx, { actorId, action: "people.makePasswordReset", subject, detail: name });
    return insertReset(tx, { userId, projectId: null, createdById: actorId });
  });
}

/**
 * Makes such a link for the operator, who may run a command on the instance's machine: by default for the instance's admin,
 * who may have forgotten the password. The person is active afterwards.
 * @throws DomainError `person-not-found`, which lists the instance's admins where there are several
 */
export async function resetByOperator(email?: string) {
  return database().$transaction(async (tx) => {
    const where = email === undefined ? { instanceRole: "admin" as const } : { email: emailSchema.parse(email) };
    const found = await tx.user.findMany({ where, orderBy: { id: "asc" }, select: { id: true, email: true } });
    const [person, ...others] = found;
    if (!person) {
      const words = email === undefined ? "Nobody has an account yet." : `Nobody has the address ${email}.`;
      throw new DomainError("person-not-found", words, words);
    }
    if (others.length > 0) {
      const words = `Which one? ${found.map((one) => one.email).join(", ")}`;
      throw new DomainError("person-not-found", words, words);
    }
    await tx.user.update({ where: { id: person.id }, data: { deactivatedAt: null } });
    const subject: [string, string] = ["User", person.id];
    await recordAudit(tx, {
      ...{ actorId: person.id, action: "people.makePasswordReset", subject },
      detail: "by a command on the machine",
    });
    return {
      ...(await insertReset(tx, { userId: person.id, projectId: null, createdById: null })),
      email: person.email,
    };
  });
}
