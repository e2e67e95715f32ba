import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { findRewardModel } from "../models/find-model";
import { measureAgreement } from "./measure-agreement";
import { latestScoring } from "./scoring-row";
import { inScope, unscored } from "./unscored-completions";

/**
 * Says what a reward model has scored, what is missing, and how far its order is that of the people.
 * @throws DomainError `model-not-found`, `model-scores-nothing`
 */
export async function summariseScores(input: { actor: ProjectActor; modelVersionId: string; promptId?: string }) {
  const { projectId } = requireAdmin(input.actor);
  const { promptId = null } = input;
  const model = await findRewardModel(database(), projectId, input.modelVersionId);
  const scope = { projectId, modelVersionId: model.id, promptId };
  const [total, missing, scoring, agreement] = await Promise.all([
    database().completion.count({ where: inScope(scope) }),
    database().completion.count({ where: unscored(scope) }),
    latestScoring(scope),
    promptId ? null : measureAgreement({ projectId, modelVersionId: model.id }),
  ]);
  return {
    model: { id: model.id, name: model.name },
    total,
    scored: total - missing,
    /** The newest request, under way or ended; null before the first. */
    scoring,
    /** The agreement with people; null for a single prompt. */
    agreement: agreement && {
      trainedOn: agreement.content.trainedOn,
      heldOut: agreement.content.heldOut,
      isCurrent: agreement.isCurrent,
    },
  };
}
