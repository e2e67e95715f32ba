import { z } from "zod";
import { importFile } from "../jobs/queues/import";
import { watchJob } from "../jobs/watch-job";
import { archivePrompt } from "../prompts/archive-prompt";
import { cancelImport } from "../prompts/cancel-import";
import { currentImport } from "../prompts/current-import";
import { getPrompt } from "../prompts/get-prompt";
import { mappingSchema } from "../prompts/import-limits";
import { listImports } from "../prompts/list-imports";
import { listPrompts } from "../prompts/list-prompts";
import { remapImport } from "../prompts/remap-import";
import { retryImport } from "../prompts/retry-import";
import { startImport } from "../prompts/start-import";
import { projectAdmin, router } from "./trpc";

const onePrompt = z.object({ promptId: z.uuid() });
const oneImport = z.object({ importId: z.uuid() });

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

  currentImport: projectAdmin.query(({ ctx }) => currentImport(ctx.actor)),

  watchImport: projectAdmin
    .input(oneImport)
    .subscription(({ ctx, input }) => watchJob(importFile, ctx.actor, input.importId, ctx.until)),

  remapImport: projectAdmin
    .input(oneImport.extend({ mapping: mappingSchema }))
    .mutation(({ ctx, input: { importId, mapping } }) => remapImport({ actor: ctx.actor, importId, mapping })),

  startImport: projectAdmin
    .input(oneImport.extend({ takeAnswers: z.boolean().default(false), leaveOut: z.boolean().default(false) }))
    .mutation(({ ctx, input: { importId, takeAnswers, leaveOut } }) =>
      startImport({ actor: ctx.actor, importId, takeAnswers, leaveOut }),
    ),

  retryImport: projectAdmin
    .input(oneImport)
    .mutation(({ ctx, input }) => retryImport({ actor: ctx.actor, importId: input.importId })),

  cancelImport: projectAdmin
    .input(oneImport)
    .mutation(({ ctx, input }) => cancelImport({ actor: ctx.actor, importId: input.importId })),

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
