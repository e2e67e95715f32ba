import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { findModel } from "../models/find-model";
import { describeInspection, type InspectionRow } from "./inspection-row";
import { newestInspection } from "./start-inspection";

/**
 * Reads what is known of a model's files: its newest inspection, under way or ended; null before the first.
 * @throws DomainError `model-not-found`
 */
export async function getInspection(input: {
  actor: ProjectActor;
  modelVersionId: string;
}): Promise<InspectionRow | null> {
  const { projectId } = requireAdmin(input.actor);
  const model = await findModel(database(), projectId, input.modelVersionId);
  const newest = await newestInspection(database(), model.id);
  return newest && describeInspection(newest);
}
