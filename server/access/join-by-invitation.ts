import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { consumeInvitation } from "./consume-invitation";
import { assertOpen, findInvitation } from "./find-invitation";
import { limitTokenUse } from "./limit-token-use";
import { hashPassword } from "./password";

/**
 * Makes an account for a new person with an invitation link, and lets them join its project.
 * @throws DomainError as `readInvitation`, `invitation-email-forbidden` where it is for another address,
 * `account-conflict` where the address has an account
 */
export const joinByInvitation = (input: NewPerson & { address?: string }) => limitTokenUse(input, () => join(input));

interface NewPerson {
  token: string;
  name: string;
  email: string;
  password: string;
}

async function join(input: NewPerson) {
  const { token, name, email } = input;
  // The invitation is checked before the password is hashed, which costs time, and again when it is used up.
  const invitation = await findInvitation(database(), token);
  assertOpen(invitation);
  if (invitation.email && invitation.email !== email)
    throw new DomainError("invitation-email-forbidden", invitation.id, `This invitation is for ${invitation.email}.`);
  const passwordHash = await hashPassword(input.password);
  return database().$transaction(async (tx) => {
    const [user] = await tx.user.createManyAndReturn({ data: [{ email, name, passwordHash }], skipDuplicates: true });
    if (!user)
      throw new DomainError(
        "account-conflict",
        `${email} has an account`,
        "There is already an account with this address. Sign in first, then open the link again.",
      );
    const present = await findInvitation(tx, token);
    assertOpen(present);
    await consumeInvitation(tx, present, user.id);
    return { email: user.email, project: invitation.project.slug };
  });
}
