import { listen } from "../jobs/listen";
import { exportChannel } from "../jobs/notify";
import { isJobFinished } from "../jobs/row-job";
import { describeExport, type ExportRow, findExport } from "./export-row";

/** An export as it goes: first its present state, then each change of it. Ends with it. */
export async function* watchExport(
  input: { projectId: string; exportId: string },
  signal: AbortSignal,
): AsyncGenerator<ExportRow, void> {
  await findExport(input);
  for await (const _event of listen(exportChannel(input.exportId), signal)) {
    const row = await describeExport(await findExport(input));
    yield row;
    if (isJobFinished(row.status)) return;
  }
}
