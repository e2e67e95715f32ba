import { type Method, methodOf } from "@/domain/runs/methods";
import type { ModelVersion } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { findRewardModel } from "../models/find-model";
import type { Overrides } from "./resolve-configuration";
import { type RecordCounts, tooFewRecords } from "./training-methods";

export interface RewardChoice {
  /** The reward models of the project, newest first. */
  models: { id: string; name: string }[];
  /**
   * The reward model that scores the completions; null where a computed reward does it alone, or one is trained first.
   */
  chosen: ModelVersion | null;
  /** True where a run of its own trains a reward model first, which this one waits for. */
  trainFirst: boolean;
  /** The reason why there is no reward at all, in a sentence; null where there is one. */
  missing: string | null;
}

/**
 * Chooses what scores the completions of a PPO run: the reward model asked for (null: none), else the newest one,
 * unless a computed reward was chosen. Where there is none, one is trained first on the same labels.
 */
export async function chooseReward(
  db: Database,
  input: {
    projectId: string;
    method: Method;
    rewardModelVersionId?: string | null;
    trainRewardFirst?: boolean;
    overrides?: Overrides;
    /** The yield of the labels, for a reward model to be trained on. */
    counts: RecordCounts;
  },
): Promise<RewardChoice> {
  const { projectId, method, rewardModelVersionId: id, overrides, counts } = input;
  if (methodOf(method).learnsFrom !== "prompt") return { models: [], chosen: null, trainFirst: false, missing: null };
  const asked = id ? await findRewardModel(db, projectId, id) : undefined;
  const found = await db.modelVersion.findMany({
    where: { projectId, kind: "reward", archivedAt: null },
    orderBy: { createdAt: "desc" },
  });
  const models = found.map(({ id, name }) => ({ id, name }));
  const computed = Boolean(overrides?.rewardFunctions);
  const trainFirst = input.trainRewardFirst ?? (id === undefined && !computed && models.length === 0);
  if (trainFirst) {
    const tooFew = tooFewRecords("reward", counts);
    return { models, chosen: null, trainFirst, missing: tooFew && cannotTrainFirst(tooFew, models.length > 0) };
  }
  const newest = id === null || computed ? null : (found[0] ?? null);
  const chosen = asked ?? newest;
  const missing = chosen || computed ? null : "Choose a reward model or a computed reward.";
  return { models, chosen, trainFirst, missing };
}

const cannotTrainFirst = (tooFew: string, hasOthers: boolean): string =>
  `${
    hasOthers
      ? "No reward model can be trained first"
      : "PPO needs something that scores its completions, but this project has no reward model yet, and none can be trained first"
  }. ${tooFew} Collect more labels, or choose ${hasOthers ? "a reward model or " : ""}a computed reward.`;
