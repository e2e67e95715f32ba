import { DomainError } from "@/domain/errors";
import type { Database } from "../database/client";

/**
 * Finds a model version of this project.
 * @throws DomainError `model-not-found`
 */
export async function findModel(db: Database, projectId: string, modelVersionId: string) {
  const model = await db.modelVersion.findFirst({ where: { id: modelVersionId, projectId } });
  if (!model)
    throw new DomainError("model-not-found", `no model ${modelVersionId} in ${projectId}`, "There is no such model.");
  return model;
}

/** Finds a model version that has to write text. */
export async function findLanguageModel(db: Database, projectId: string, modelVersionId: string) {
  const model = await findModel(db, projectId, modelVersionId);
  if (model.kind === "reward")
    throw new DomainError(
      "model-writes-no-text",
      `${modelVersionId} is a reward model`,
      `“${model.name}” is a reward model: it scores completions and cannot write any. Choose another model.`,
    );
  return model;
}

/** Finds a model version that scores completions. */
export async function findRewardModel(db: Database, projectId: string, modelVersionId: string) {
  const model = await findModel(db, projectId, modelVersionId);
  if (model.kind !== "reward")
    throw new DomainError(
      "model-scores-nothing",
      `${modelVersionId} is no reward model`,
      `“${model.name}” is a language model: it writes text and cannot score it. Choose a reward model.`,
    );
  return model;
}
