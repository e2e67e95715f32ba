import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { exportChannel, notify } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { lockExport } from "./export-row";

/**
 * Ends an export: at once where it still waits, else as soon as the trainer looks. Nothing of it stays.
 * @throws DomainError `export-finished`, `export-not-found`
 */
export async function cancelExport(input: { projectId: string; exportId: string }) {
  await database().$transaction(async (tx) => {
    const { id, status } = await lockExport(tx, input);
    if (isJobFinished(status)) throw new DomainError("export-finished", `${id} is ${status}`, "It has ended already.");
    const now = new Date();
    await tx.modelExport.update({
      where: { id },
      data:
        status === "queued"
          ? { status: "cancelled", cancelRequestedAt: now, finishedAt: now, activity: null }
          : { cancelRequestedAt: now, activity: "stopping" },
    });
    await notify(tx, exportChannel(id), { type: "state" });
  });
  return { exportId: input.exportId };
}
