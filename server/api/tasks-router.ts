import { z } from "zod";
import { labelKindSchema } from "@/domain/labels/kinds";
import { taskWishSchema } from "@/domain/tasks/task-wish";
import { archiveTask, releaseTask } from "../tasks/archive-task";
import { countPlannedTasks, createTasks } from "../tasks/create-tasks";
import { countTaskExport } from "../tasks/export-tasks";
import { freeStuckTasks } from "../tasks/free-stuck-tasks";
import { listTaskTemplates } from "../tasks/list-task-templates";
import { countStuck, listTasks } from "../tasks/list-tasks";
import { lookAtTask } from "../tasks/look-at-task";
import { removeTaskTemplate } from "../tasks/remove-task-template";
import { saveTaskTemplate } from "../tasks/save-task-template";
import { setAnnotators } from "../tasks/set-annotators";
import { projectAdmin, router } from "./trpc";

const oneTask = z.object({ taskId: z.uuid() });

export const tasksRouter = router({
  list: projectAdmin
    .input(
      z.object({
        cursor: z.uuid().nullish(),
        limit: z.number().int().min(1).max(200).default(50),
        kind: labelKindSchema.optional(),
        status: z.enum(["open", "stuck", "done", "archived"]).optional(),
        promptId: z.uuid().optional(),
        rewardModelId: z.uuid().optional(),
        order: z.enum(["newest", "closest", "widest"]).default("newest"),
        disagreed: z.boolean().default(false),
      }),
    )
    .query(({ ctx, input }) => listTasks({ ...input, actor: ctx.actor })),

  archive: projectAdmin
    .input(oneTask.extend({ archived: z.boolean() }))
    .mutation(({ ctx, input: { taskId, archived } }) => archiveTask({ actor: ctx.actor, taskId, archived })),

  release: projectAdmin
    .input(oneTask.extend({ userId: z.uuid() }))
    .mutation(({ ctx, input: { taskId, userId } }) => releaseTask({ actor: ctx.actor, taskId, userId })),

  freeStuck: projectAdmin
    .input(z.object({ act: z.enum(["give_to_everyone", "offer_again", "archive"]) }))
    .mutation(({ ctx, input }) => freeStuckTasks({ actor: ctx.actor, act: input.act })),

  stuckCount: projectAdmin
    .input(z.object({ kind: labelKindSchema.optional() }))
    .query(({ ctx, input }) => countStuck({ actor: ctx.actor, kind: input.kind })),

  exportCounts: projectAdmin.query(({ ctx }) => countTaskExport(ctx.actor)),

  /** Counts what `create` would make of all prompts. */
  plan: projectAdmin
    .input(taskWishSchema.pick({ kind: true, taskType: true, completions: true }))
    .query(({ ctx, input }) => countPlannedTasks({ ...input, actor: ctx.actor, promptIds: "all" })),

  create: projectAdmin
    .input(
      taskWishSchema.extend({
        promptIds: z.union([z.literal("all"), z.array(z.uuid()).min(1).max(100_000)]),
      }),
    )
    .mutation(({ ctx, input }) => createTasks({ ...input, actor: ctx.actor })),

  look: projectAdmin
    .input(z.object({ taskId: z.uuid() }))
    .query(({ ctx, input }) => lookAtTask({ actor: ctx.actor, taskId: input.taskId })),

  setAnnotators: projectAdmin
    .input(z.object({ taskId: z.uuid(), annotatorIds: taskWishSchema.shape.annotatorIds }))
    .mutation(({ ctx, input: { taskId, annotatorIds } }) => setAnnotators({ actor: ctx.actor, taskId, annotatorIds })),

  templates: projectAdmin.query(({ ctx }) => listTaskTemplates(ctx.actor)),

  saveTemplate: projectAdmin
    .input(taskWishSchema.extend({ name: z.string().trim().min(1, "give the template a name").max(80) }))
    .mutation(({ ctx, input }) => saveTaskTemplate({ ...input, actor: ctx.actor })),

  removeTemplate: projectAdmin
    .input(z.object({ templateId: z.uuid() }))
    .mutation(({ ctx, input }) => removeTaskTemplate({ actor: ctx.actor, templateId: input.templateId })),
});
