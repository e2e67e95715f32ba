import type { Prisma, TrainingRun } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { endWaitingRuns } from "./end-waiting-runs";

/**
 * Writes the run's status and tells those who watch it. Where the run ends without a model, the runs that wait for it
 * end as well.
 */
export async function settleRun(
  tx: Database,
  run: Pick<TrainingRun, "id">,
  data: Prisma.TrainingRunUncheckedUpdateInput,
): Promise<TrainingRun> {
  const settled = await tx.trainingRun.update({ where: { id: run.id }, data });
  if (settled.status === "failed" || settled.status === "cancelled") await endWaitingRuns(tx, settled);
  await notify(tx, jobChannel("run", run.id), { type: "read-again" });
  return settled;
}
