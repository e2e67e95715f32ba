import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { limitTokenUse } from "./limit-token-use";
import { hashToken } from "./one-time-token";
import { hashPassword } from "./password";
import { recordAudit } from "./record-audit";

/** The lock's number may be any constant: two people with the same link must not both become the first admin. */
const FIRST_ADMIN_LOCK = 5_401_001;

/**
 * Makes the holder of the printed token the instance's admin. This works once.
 * @throws DomainError `setup-done-conflict`, `setup-token-invalid`, `too-many-attempts`
 */
export const createFirstAdmin = (input: FirstAdmin & { address?: string }) => limitTokenUse(input, () => create(input));

interface FirstAdmin {
  token: string;
  name: string;
  email: string;
  password: string;
}

async function create(input: FirstAdmin) {
  const passwordHash = await hashPassword(input.password);
  const tokenHash = hashToken(input.token);
  return database().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_ADMIN_LOCK}::bigint)`;
    if ((await tx.user.count()) > 0)
      throw new DomainError(
        "setup-done-conflict",
        "there is a first admin",
        "This instance already has its first admin. Please sign in.",
      );
    const { count } = await tx.setupToken.updateMany({
      where: { tokenHash, usedAt: null },
      data: { usedAt: new Date() },
    });
    if (count === 0)
      throw new DomainError(
        "setup-token-invalid",
        "unknown or used set-up token",
        "This set-up link is not valid. Use the newest one that the console printed at the start.",
      );
    const user = await tx.user.create({
      data: { email: input.email, name: input.name, passwordHash, instanceRole: "admin" },
    });
    await recordAudit(tx, { actorId: user.id, action: "access.createFirstAdmin", subject: ["User", user.id] });
    return { email: user.email };
  });
}
