import { z } from "zod";
import { archivePrompt } from "../prompts/archive-prompt";
import { getPrompt } from "../prompts/get-prompt";
import { importFileSchema, leaveOutSchema, takeAnswersSchema } from "../prompts/import-file";
import { importPrompts } from "../prompts/import-prompts";
import { listImports } from "../prompts/list-imports";
import { listPrompts } from "../prompts/list-prompts";
import { previewImport } from "../prompts/preview-import";
import { projectAdmin, router } from "./trpc";

const onePrompt = z.object({ promptId: z.uuid() });

export const promptsRouter = router({
  list: projectAdmin
    .input(
      z.object({
        cursor: z.uuid().nullish(),
        limit: z.number().int().min(1).max(200).default(50),
        taskType: z.string().max(100).optional(),
        search: z.string().trim().max(200).optional(),
        archived: z.boolean().default(false),
      }),
    )
    .query(({ ctx, input }) => listPrompts({ ...input, actor: ctx.actor })),

  get: projectAdmin
    .input(onePrompt)
    .query(({ ctx, input }) => getPrompt({ actor: ctx.actor, promptId: input.promptId })),

  previewImport: projectAdmin
    .input(importFileSchema)
    .mutation(({ ctx, input }) => previewImport({ ...input, actor: ctx.actor })),

  import: projectAdmin
    .input(importFileSchema.extend({ takeAnswers: takeAnswersSchema, leaveOut: leaveOutSchema }))
    .mutation(({ ctx, input }) => importPrompts({ ...input, actor: ctx.actor })),

  imports: projectAdmin
    .input(z.object({ cursor: z.uuid().nullish(), limit: z.number().int().min(1).max(100).default(20) }))
    .query(({ ctx, input }) => listImports({ ...input, actor: ctx.actor })),

  archive: projectAdmin
    .input(onePrompt)
    .mutation(({ ctx, input }) => archivePrompt({ actor: ctx.actor, promptId: input.promptId, archived: true })),

  restore: projectAdmin
    .input(onePrompt)
    .mutation(({ ctx, input }) => archivePrompt({ actor: ctx.actor, promptId: input.promptId, archived: false })),
});
