import { z } from "zod";
import { METHODS } from "@/domain/runs/run-config";
import { exclude } from "../datasets/exclude";
import { exclusionTargetSchema } from "../datasets/exclusion-target";
import { listVersionExports } from "../datasets/export-version";
import { readFreezing } from "../datasets/freezing";
import { getDatasetVersion } from "../datasets/get-dataset-version";
import { liftExclusion } from "../datasets/lift-exclusion";
import { listDatasetVersions } from "../datasets/list-dataset-versions";
import { listExclusions } from "../datasets/list-exclusions";
import { previewDataset } from "../datasets/preview-dataset";
import { previewExclusion } from "../datasets/preview-exclusion";
import { projectAdmin, router } from "./trpc";

export const datasetsRouter = router({
  preview: projectAdmin
    .input(z.object({ method: z.enum(METHODS).optional() }))
    .query(({ ctx }) => previewDataset(ctx.actor)),

  /** How far a version is that is being taken; null where none is. */
  freezing: projectAdmin.query(({ ctx }) => readFreezing(ctx.actor)),

  list: projectAdmin.query(({ ctx }) => listDatasetVersions(ctx.actor)),

  get: projectAdmin
    .input(
      z.object({
        datasetVersionId: z.uuid(),
        cursor: z.uuid().nullish(),
        limit: z.number().int().min(1).max(200).default(50),
        kind: z.enum(["demonstration", "preference", "unpaired"]).optional(),
        split: z.enum(["train", "validation"]).optional(),
      }),
    )
    .query(({ ctx, input }) => getDatasetVersion({ ...input, actor: ctx.actor })),

  exports: projectAdmin
    .input(z.object({ datasetVersionId: z.uuid() }))
    .query(({ ctx, input }) => listVersionExports({ ...input, actor: ctx.actor })),

  exclusions: projectAdmin.query(({ ctx }) => listExclusions(ctx.actor)),

  previewExclusion: projectAdmin
    .input(z.object({ target: exclusionTargetSchema }))
    .query(({ ctx, input }) => previewExclusion({ actor: ctx.actor, target: input.target })),

  exclude: projectAdmin
    .input(
      z.object({ target: exclusionTargetSchema, reason: z.string().trim().min(1, "please give a reason").max(500) }),
    )
    .mutation(({ ctx, input: { target, reason } }) => exclude({ actor: ctx.actor, target, reason })),

  liftExclusion: projectAdmin
    .input(z.object({ exclusionId: z.uuid() }))
    .mutation(({ ctx, input }) => liftExclusion({ actor: ctx.actor, exclusionId: input.exclusionId })),
});
