import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { consumeInvitation } from "./consume-invitation";
import type { CurrentUser } from "./current-user";
import { assertOpen, findInvitation } from "./find-invitation";
import { limitTokenUse } from "./limit-token-use";

/**
 * Lets a signed-in person join the project of an invitation link.
 * @throws DomainError as `readInvitation`, and `invitation-email-forbidden` where it is for another address
 */
export const acceptInvitation = (input: { token: string; user: CurrentUser; address?: string }) =>
  limitTokenUse(input, () =>
    database().$transaction(async (tx) => {
      const invitation = await findInvitation(tx, input.token);
      assertOpen(invitation);
      if (invitation.email && invitation.email !== input.user.email)
        throw new DomainError(
          "invitation-email-forbidden",
          `${invitation.id} is bound to another address than ${input.user.id}'s`,
          `This invitation is for ${invitation.email}, and you are signed in as ${input.user.email}. Sign out, then open the link again.`,
        );
      await consumeInvitation(tx, invitation, input.user.id);
      return { project: invitation.project.slug };
    }),
  );
