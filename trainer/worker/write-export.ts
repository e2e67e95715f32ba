import type { WriteExport } from "@/domain/models/write-export";
import { exportModel } from "../exchange/export-model";

/** Makes an export for the server with the trainer's own code, with the model as the server's rows name it. */
export const writeExport: WriteExport = async ({ model: { model, adapter }, ...request }) => {
  await exportModel({ ...request, model, ...(adapter !== undefined && { adapter }) });
};
