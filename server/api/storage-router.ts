import { z } from "zod";
import { cleanUp } from "../storage/clean-up";
import { measureProject } from "../storage/measure-project";
import { setRetention } from "../storage/set-retention";
import { projectAdmin, router } from "./trpc";

export const storageRouter = router({
  get: projectAdmin.query(({ ctx }) => measureProject(ctx.actor)),

  setRetention: projectAdmin
    .input(z.object({ retention: z.enum(["all", "last", "none"]) }))
    .mutation(({ ctx, input }) => setRetention({ actor: ctx.actor, retention: input.retention })),

  cleanUp: projectAdmin.mutation(({ ctx }) => cleanUp({ actor: ctx.actor })),
});
