import { exportChannel } from "../jobs/notify";
import { watchRowJob } from "../jobs/watch-row-job";
import { describeExport, type ExportRow, findExport } from "./export-row";

/** An export as it goes: first its present state, then each change of it. Ends with it. */
export const watchExport = (
  input: { projectId: string; exportId: string },
  signal: AbortSignal,
): AsyncGenerator<ExportRow, void> =>
  watchRowJob(exportChannel(input.exportId), async () => describeExport(await findExport(input)), signal);
