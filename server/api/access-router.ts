import { z } from "zod";
import { acceptInvitation } from "../access/accept-invitation";
import { changePassword } from "../access/change-password";
import { createFirstAdmin } from "../access/create-first-admin";
import { describeMe } from "../access/describe-me";
import { emailSchema } from "../access/email";
import { joinByInvitation } from "../access/join-by-invitation";
import { setupState } from "../access/make-setup-token";
import { passwordSchema } from "../access/password";
import { readInvitation } from "../access/read-invitation";
import { readPasswordReset, resetPassword } from "../access/reset-password";
import { publicProcedure, router, signedIn } from "./trpc";

const token = z.string().trim().min(1).max(200);
const newPerson = z.object({
  token,
  name: z.string().trim().min(1, "please give a name").max(100),
  email: emailSchema,
  password: passwordSchema,
});

export const accessRouter = router({
  setupState: publicProcedure.query(() => setupState()),

  createFirstAdmin: publicProcedure
    .input(newPerson)
    .mutation(({ ctx, input }) => createFirstAdmin({ ...input, address: ctx.address })),

  readInvitation: publicProcedure
    .input(z.object({ token }))
    .query(({ ctx, input }) => readInvitation({ ...input, user: ctx.user, address: ctx.address })),

  joinByInvitation: publicProcedure
    .input(newPerson)
    .mutation(({ ctx, input }) => joinByInvitation({ ...input, address: ctx.address })),

  acceptInvitation: signedIn
    .input(z.object({ token }))
    .mutation(({ ctx, input }) => acceptInvitation({ ...input, user: ctx.user, address: ctx.address })),

  readPasswordReset: publicProcedure
    .input(z.object({ token }))
    .query(({ ctx, input }) => readPasswordReset({ ...input, address: ctx.address })),

  resetPassword: publicProcedure
    .input(z.object({ token, password: passwordSchema }))
    .mutation(({ ctx, input }) => resetPassword({ ...input, address: ctx.address })),

  me: signedIn.query(({ ctx }) => describeMe(ctx.user)),

  changePassword: signedIn
    .input(z.object({ current: z.string().min(1).max(200), next: passwordSchema }))
    .mutation(({ ctx, input }) => changePassword({ userId: ctx.user.id, ...input })),
});
