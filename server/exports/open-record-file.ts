import type { Readable } from "node:stream";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { openVersionExport } from "../datasets/export-version";
import { openLabelExport } from "../labels/export-labels";
import { openTaskExport } from "../tasks/export-tasks";

/** A file of labels, tasks or records, as a command asks for it. */
export interface RecordFileWish {
  actor: ProjectActor;
  /** `labels.jsonl`, `labels.csv`, `tasks.jsonl`, or a file of a dataset version, such as `trl-preference.train.jsonl`. */
  file: string;
  /** The number of the dataset version; null takes the newest. */
  version: number | null;
}

/**
 * Opens a file as the pages offer it, line by line as it is read.
 * @throws DomainError `dataset-not-found`, `file-not-found`
 */
export async function openRecordFile({ actor, file, version }: RecordFileWish): Promise<Readable> {
  if (file === "labels.jsonl") return openLabelExport({ actor, format: "jsonl" });
  if (file === "labels.csv") return openLabelExport({ actor, format: "csv" });
  if (file === "tasks.jsonl") return openTaskExport({ actor });
  const { projectId } = requireAdmin(actor);
  const found = await database().datasetVersion.findFirst({
    where: { projectId, status: "ready", ...(version !== null && { version }) },
    orderBy: { version: "desc" },
    select: { id: true },
  });
  if (!found) {
    const wanted = version === null ? "The project has no dataset version yet." : `There is no version ${version}.`;
    throw new DomainError("dataset-not-found", `${projectId} v${version}`, wanted);
  }
  return (await openVersionExport({ actor, datasetVersionId: found.id, file })).stream;
}
