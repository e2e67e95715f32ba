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
  list: projectAdmin.query(({ ctx }) => listMembers(ctx.project.id)),

  changeRole: projectAdmin
    .input(onePerson.extend({ role }))
    .mutation(({ ctx, input }) =>
      changeRole({ projectId: ctx.project.id, actorId: ctx.user.id, userId: input.userId, role: input.role }),
    ),

  remove: projectAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) =>
      removeMember({ projectId: ctx.project.id, actorId: ctx.user.id, userId: input.userId }),
    ),

  restore: projectAdmin
    .input(onePerson.extend({ role }))
    .mutation(({ ctx, input }) =>
      restoreMember({ projectId: ctx.project.id, actorId: ctx.user.id, userId: input.userId, role: input.role }),
    ),

  makePasswordReset: projectAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) =>
      makePasswordReset({ projectId: ctx.project.id, actor: ctx.user, userId: input.userId }),
    ),

  invitations: projectAdmin.query(({ ctx }) => listInvitations(ctx.project.id)),

  invite: projectAdmin
    .input(
      z.object({
        role,
        email: emailSchema.nullish().transform((email) => email ?? null),
        days: z.number().int().min(1).max(30).default(7),
      }),
    )
    .mutation(({ ctx, input: { role, email, days } }) =>
      makeInvitation({ projectId: ctx.project.id, userId: ctx.user.id, role, email, days }),
    ),

  revokeInvitation: projectAdmin.input(oneInvitation).mutation(({ ctx, input }) =>
    revokeInvitation({
      projectId: ctx.project.id,
      userId: ctx.user.id,
      invitationId: input.invitationId,
      revoked: true,
    }),
  ),

  restoreInvitation: projectAdmin.input(oneInvitation).mutation(({ ctx, input }) =>
    revokeInvitation({
      projectId: ctx.project.id,
      userId: ctx.user.id,
      invitationId: input.invitationId,
      revoked: false,
    }),
  ),

  audit: projectAdmin
    .input(z.object({ cursor: z.uuid().nullish(), limit: z.number().int().min(1).max(200).default(50) }))
    .query(({ ctx, input }) => listAudit({ projectId: ctx.project.id, cursor: input.cursor, limit: input.limit })),
});
