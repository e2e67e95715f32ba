import { isDomainError } from "@/domain/errors";
import { doubtOfReward } from "@/domain/runs/reward-doubt";
import type { TrainingRun } from "@/generated/prisma/client";
import { dataPath } from "../storage/data-folder";
import { readReport } from "./read-reward-report";

/**
 * What a reward run's report says against training by its model, in a sentence; null where it says nothing against it, or
 * there is none. One that can't be read speaks for no model: then that is the sentence.
 */
export async function doubtRewardModel(rewardRun: Pick<TrainingRun, "folder">): Promise<string | null> {
  try {
    const report = await readReport(dataPath(rewardRun.folder));
    return report && doubtOfReward(report);
  } catch (error) {
    if (isDomainError(error) && error.code === "reward-report-invalid") return error.userMessage;
    throw error;
  }
}
