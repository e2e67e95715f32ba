import { z } from "zod";
import { listPairs, PAIR_ORDERS, readQuality } from "../quality/read-quality";
import { projectAdmin, router } from "./trpc";

export const qualityRouter = router({
  get: projectAdmin.query(({ ctx }) => readQuality(ctx.actor)),

  /** The agreement of people two by two. */
  pairs: projectAdmin
    .input(
      z.object({
        search: z.string().max(200).optional(),
        order: z.enum(PAIR_ORDERS).default("shared"),
        limit: z.int().min(1).max(200).default(20),
      }),
    )
    .query(({ ctx, input }) => listPairs({ ...input, actor: ctx.actor })),
});
