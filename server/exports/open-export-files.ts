import { createReadStream } from "node:fs";
import path from "node:path";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { listFiles } from "../models/model-files";
import type { StoredFile } from "../storage/tar";
import { exportFiles, findExport } from "./export-row";

/**
 * Opens the files of an export for download. Names come from the folder itself, never from a request.
 * @throws DomainError `export-not-found`
 */
export async function openExportFiles({ actor, exportId }: { actor: ProjectActor; exportId: string }) {
  const row = await findExport({ projectId: requireAdmin(actor).projectId, exportId });
  const model = await database().modelVersion.findUniqueOrThrow({ where: { id: row.modelVersionId } });
  const folder = exportFiles(row.id);
  const listed = row.status === "completed" ? await listFiles(folder) : [];
  const files: StoredFile[] = listed.map((file) => ({
    ...file,
    open: () => createReadStream(path.join(folder, file.name)),
  }));
  const form = row.format === "safetensors" ? row.weightType : row.format;
  return { name: `${model.name}-${form}`, files };
}
