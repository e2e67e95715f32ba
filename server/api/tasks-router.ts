import { z } from "zod";
import { labelKindSchema } from "@/domain/labels/kinds";
import { createTasks } from "../tasks/create-tasks";
import { listTasks } from "../tasks/list-tasks";
import { projectAdmin, router } from "./trpc";

export const tasksRouter = router({
  list: projectAdmin
    .input(
      z.object({
        cursor: z.uuid().nullish(),
        limit: z.number().int().min(1).max(200).default(50),
        kind: labelKindSchema.optional(),
        status: z.enum(["open", "done", "archived"]).optional(),
        promptId: z.uuid().optional(),
        rewardModelId: z.uuid().optional(),
        order: z.enum(["newest", "closest", "widest"]).default("newest"),
        disagreed: z.boolean().default(false),
      }),
    )
    .query(({ ctx, input }) => listTasks({ ...input, projectId: ctx.project.id })),

  create: projectAdmin
    .input(
      z.object({
        kind: labelKindSchema,
        promptIds: z.union([z.literal("all"), z.array(z.uuid()).min(1).max(100_000)]),
        requiredLabels: z.number().int().min(1).max(50).default(1),
      }),
    )
    .mutation(({ ctx, input }) => createTasks({ ...input, projectId: ctx.project.id, userId: ctx.user.id })),
});
