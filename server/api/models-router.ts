import { z } from "zod";
import { getInspection } from "../inspections/get-inspection";
import { startInspection } from "../inspections/start-inspection";
import { inspect } from "../jobs/queues/inspect";
import { watchJob } from "../jobs/watch-job";
import { addBaseModel } from "../models/add-base-model";
import { archiveModel, restoreModel } from "../models/archive-model";
import { getModel } from "../models/get-model";
import { listModels } from "../models/list-models";
import { lookAtBase } from "../models/look-at-base";
import { promoteModel } from "../models/promote-model";
import { removeBaseModel } from "../models/remove-base-model";
import { trainerState } from "../models/trainer-state";
import { projectAdmin, projectMember, router } from "./trpc";

const oneModel = z.object({ modelVersionId: z.uuid() });
const reference = z.string().trim().min(1, "name a base of the catalogue, a hub id or a folder").max(1000);

export const modelsRouter = router({
  list: projectAdmin.query(({ ctx }) => listModels(ctx.actor)),

  get: projectAdmin
    .input(oneModel)
    .query(({ ctx, input }) => getModel({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  promote: projectAdmin
    .input(oneModel)
    .mutation(({ ctx, input }) => promoteModel({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  archive: projectAdmin
    .input(oneModel)
    .mutation(({ ctx, input }) => archiveModel({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  restore: projectAdmin
    .input(oneModel)
    .mutation(({ ctx, input }) => restoreModel({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  inspection: projectAdmin
    .input(oneModel)
    .query(({ ctx, input }) => getInspection({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  inspect: projectAdmin
    .input(oneModel)
    .mutation(({ ctx, input }) => startInspection({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  watchInspection: projectAdmin
    .input(z.object({ inspectionId: z.uuid() }))
    .subscription(({ ctx, input }) => watchJob(inspect, ctx.actor, input.inspectionId, ctx.until)),

  lookAtBase: projectAdmin
    .input(z.object({ reference }))
    .mutation(({ ctx, input }) => lookAtBase({ actor: ctx.actor, reference: input.reference })),

  removeBase: projectAdmin
    .input(oneModel)
    .mutation(({ ctx, input }) => removeBaseModel({ actor: ctx.actor, modelVersionId: input.modelVersionId })),

  addBase: projectAdmin
    .input(
      z.object({
        reference,
        name: z.string().trim().min(1).max(100).optional(),
      }),
    )
    .mutation(({ ctx, input }) => addBaseModel({ actor: ctx.actor, reference: input.reference, name: input.name })),

  trainerState: projectMember.query(() => trainerState()),
});
