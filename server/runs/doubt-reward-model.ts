import { isDomainError } from "@/domain/errors";
import { doubtOfReward } from "@/domain/runs/reward-doubt";
import type { TrainingRun } from "@/generated/prisma/client";
import { dataPath } from "../storage/data-folder";
import { readReport } from "./read-reward-report";

/**
 * Says what a reward run's report speaks against its model, in a sentence; null where it speaks nothing against it, or
 * there is no report. A report that can't be read speaks for no model, so that the sentence says just this.
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
