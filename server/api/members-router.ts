import { z } from "zod";
import { changeRole } from "../access/change-role";
import { emailSchema } from "../access/email";
import { listAudit } from "../access/list-audit";
import { listInvitations } from "../access/list-invitations";
import { listMembers } from "../access/list-members";
import { makeInvitation } from "../access/make-invitation";
import { makePasswordReset } from "../access/make-password-reset";
import { removeMember } from "../access/remove-member";
import { restoreMember } from "../access/restore-member";
import { revokeInvitation } from "../access/revoke-invitation";
import { projectAdmin, router } from "./trpc";

const role = z.enum(["admin", "annotator"]);
const onePerson = z.object({ userId: z.uuid() });
const oneInvitation = z.object({ invitationId: z.uuid() });

export const membersRouter = router({
  list: projectAdmin.query(({ ctx }) => listMembers(ctx.actor)),

  changeRole: projectAdmin
    .input(onePerson.extend({ role }))
    .mutation(({ ctx, input }) => changeRole({ actor: ctx.actor, userId: input.userId, role: input.role })),

  remove: projectAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) => removeMember({ actor: ctx.actor, userId: input.userId })),

  restore: projectAdmin
    .input(onePerson.extend({ role }))
    .mutation(({ ctx, input }) => restoreMember({ actor: ctx.actor, userId: input.userId, role: input.role })),

  makePasswordReset: projectAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) => makePasswordReset({ actor: ctx.actor, userId: input.userId })),

  invitations: projectAdmin.query(({ ctx }) => listInvitations(ctx.actor)),

  invite: projectAdmin
    .input(
      z.object({
        role,
        email: emailSchema.nullish().transform((email) => email ?? null),
        days: z.number().int().min(1).max(30).default(7),
      }),
    )
    .mutation(({ ctx, input: { role, email, days } }) => makeInvitation({ actor: ctx.actor, role, email, days })),

  revokeInvitation: projectAdmin.input(oneInvitation).mutation(({ ctx, input }) =>
    revokeInvitation({
      actor: ctx.actor,
      invitationId: input.invitationId,
      revoked: true,
    }),
  ),

  restoreInvitation: projectAdmin.input(oneInvitation).mutation(({ ctx, input }) =>
    revokeInvitation({
      actor: ctx.actor,
      invitationId: input.invitationId,
      revoked: false,
    }),
  ),

  audit: projectAdmin
    .input(z.object({ cursor: z.uuid().nullish(), limit: z.number().int().min(1).max(200).default(50) }))
    .query(({ ctx, input }) => listAudit({ actor: ctx.actor, cursor: input.cursor, limit: input.limit })),
});
