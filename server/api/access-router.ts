import { z } from "zod";
import { changePassword } from "../access/change-password";
import { createFirstAdmin } from "../access/create-first-admin";
import { describeMe } from "../access/describe-me";
import { emailSchema } from "../access/email";
import { passwordSchema } from "../access/password";
import { setupState } from "../access/setup-state";
import { publicProcedure, router, signedIn } from "./trpc";

export const accessRouter = router({
  setupState: publicProcedure.query(() => setupState()),

  createFirstAdmin: publicProcedure
    .input(
      z.object({
        token: z.string().trim().min(1).max(200),
        name: z.string().trim().min(1, "please give a name").max(100),
        email: emailSchema,
        password: passwordSchema,
      }),
    )
    .mutation(({ input }) => createFirstAdmin(input)),

  me: signedIn.query(({ ctx }) => describeMe(ctx.user)),

  changePassword: signedIn
    .input(z.object({ current: z.string().min(1).max(200), next: passwordSchema }))
    .mutation(({ ctx, input }) => changePassword({ userId: ctx.user.id, ...input })),
});
