import { exportVariants } from "@/domain/models/export-options";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { findModel } from "../models/find-model";
import { describeExport } from "./export-row";

/**
 * Lists the forms that a model can be downloaded in, each with its newest export, under way or ended; null before the
 * first.
 * @throws DomainError `model-not-found`
 */
export async function listExports({ actor, modelVersionId }: { actor: ProjectActor; modelVersionId: string }) {
  const { projectId } = requireAdmin(actor);
  const model = await findModel(database(), projectId, modelVersionId);
  const rows = await database().modelExport.findMany({ where: { modelVersionId }, orderBy: { createdAt: "desc" } });
  const variants = exportVariants({ isAdapter: model.artifactKind === "adapter", isReward: model.kind === "reward" });
  return Promise.all(
    variants.map(async (variant) => {
      const newest = rows.find((row) => row.format === variant.format && row.weightType === variant.type);
      return { ...variant, export: newest ? await describeExport(newest) : null };
    }),
  );
}
