import { z } from "zod";
import { METHODS } from "@/domain/runs/run-config";
import { getDatasetVersion } from "../datasets/get-dataset-version";
import { listDatasetVersions } from "../datasets/list-dataset-versions";
import { previewDataset } from "../datasets/preview-dataset";
import { projectAdmin, router } from "./trpc";

export const datasetsRouter = router({
  preview: projectAdmin
    .input(z.object({ method: z.enum(METHODS).optional() }))
    .query(({ ctx }) => previewDataset(ctx.project.id)),

  list: projectAdmin.query(({ ctx }) => listDatasetVersions(ctx.project.id)),

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
    .query(({ ctx, input }) => getDatasetVersion({ ...input, projectId: ctx.project.id })),
});
