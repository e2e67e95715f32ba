import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";

const EVERY_MILLISECONDS = 400;

/**
 * Writes into an import's row how far its job is, now and then only, and outside of the job's transaction, whose changes
 * nobody sees before its end. Returns the row's mapping version, which a person may have raised meanwhile; null where
 * nothing was written.
 */
export function importProgress(importId: string) {
  let last = 0;
  return async (doneRows: number, doneBytes: number): Promise<number | null> => {
    if (Date.now() - last < EVERY_MILLISECONDS) return null;
    last = Date.now();
    const { mappingVersion } = await database().promptImport.update({
      where: { id: importId },
      data: { doneRows, doneBytes },
      select: { mappingVersion: true },
    });
    await notify(database(), jobChannel("import", importId), { type: "state" });
    return mappingVersion;
  };
}
