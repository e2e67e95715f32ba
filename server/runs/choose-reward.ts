import type { Method } from "@/domain/runs/run-config";
import type { ModelVersion } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { findRewardModel } from "../models/find-model";
import type { Overrides } from "./resolve-configuration";

export interface RewardChoice {
  /** Reward models of the project, newest first. */
  models: { id: string; name: string }[];
  /** The one that scores the completions; null where a computed reward does it alone. */
  chosen: ModelVersion | null;
  /** Why there is no reward at all, in a sentence; null where there is one. */
  missing: string | null;
}

const NO_REWARD =
  "PPO needs something that scores its completions, and this project has no reward model yet: train one on the comparisons first, or choose a computed reward.";

/**
 * What scores the completions of a run of PPO: the reward model asked for (null: none), else the newest one, unless a
 * computed reward was chosen.
 */
export async function chooseReward(
  db: Database,
  input: { projectId: string; method: Method; rewardModelVersionId?: string | null; overrides?: Overrides },
): Promise<RewardChoice> {
  const { projectId, method, rewardModelVersionId, overrides } = input;
  if (method !== "ppo") return { models: [], chosen: null, missing: null };
  const asked = rewardModelVersionId ? await findRewardModel(db, projectId, rewardModelVersionId) : undefined;
  const models = await db.modelVersion.findMany({
    where: { projectId, kind: "reward", archivedAt: null },
    orderBy: { createdAt: "desc" },
  });
  const computed = Boolean(overrides?.rewardFunctions);
  const newest = rewardModelVersionId === null || computed ? null : (models[0] ?? null);
  const chosen = asked ?? newest;
  return {
    models: models.map(({ id, name }) => ({ id, name })),
    chosen,
    missing: chosen || computed ? null : models.length > 0 ? "Choose a reward model or a computed reward." : NO_REWARD,
  };
}
