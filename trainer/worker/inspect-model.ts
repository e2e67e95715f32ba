import type { InspectModel } from "@/domain/models/inspect-model";
import { openModelFiles } from "../models/load-model-files";
import { modelFacts } from "../models/model-facts";

/** Reads what a model's files say, without their weights; an adapter is read with the base that the server names. */
export const inspectModel: InspectModel = async ({ model: { model, adapter }, signal, onProgress }) => {
  const progress = { signal, onProgress };
  const files = await openModelFiles(adapter ?? model, {
    ...progress,
    ...(adapter !== undefined && { adapterBase: model }),
  });
  await files.tensors.close();
  return modelFacts(files);
};
