import { z } from "zod";
import { exportFormatSchema, weightTypeSchema } from "@/domain/models/export-options";
import { listExports } from "../exports/list-exports";
import { removeExport } from "../exports/remove-export";
import { startExport } from "../exports/start-export";
import { cancelJob } from "../jobs/cancel-job";
import { exportModel } from "../jobs/queues/export";
import { watchJob } from "../jobs/watch-job";
import { projectAdmin, router } from "./trpc";

const oneModel = z.object({ modelVersionId: z.uuid() });
const oneExport = z.object({ exportId: z.uuid() });

export const exportsRouter = router({
  list: projectAdmin
    .input(oneModel)
    .query(({ ctx, input }) => listExports({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  start: projectAdmin
    .input(oneModel.extend({ format: exportFormatSchema, type: weightTypeSchema }))
    .mutation(({ ctx, input: { modelVersionId, format, type } }) =>
      startExport({ actor: ctx.actor, modelVersionId, format, type }),
    ),

  watch: projectAdmin
    .input(oneExport)
    .subscription(({ ctx, input }) => watchJob(exportModel, ctx.actor, input.exportId, ctx.until)),

  cancel: projectAdmin.input(oneExport).mutation(({ ctx, input }) => cancelJob(exportModel, ctx.actor, input.exportId)),

  remove: projectAdmin
    .input(oneExport)
    .mutation(({ ctx, input }) => removeExport({ actor: ctx.actor, exportId: input.exportId })),
});
