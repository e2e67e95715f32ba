import { DomainError } from "@/domain/errors";
import type { ModelExport } from "@/generated/prisma/client";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";
import { listFiles } from "../models/model-files";
import { dataPath } from "../storage/data-folder";

export type ExportRow = Awaited<ReturnType<typeof describeExport>>;

/**
 * The folder of an export's files. The trainer writes beside it first, so the folder above belongs to the export alone.
 */
export const exportFolder = (exportId: string): string => dataPath("exports", exportId);
export const exportFiles = (exportId: string): string => dataPath("exports", exportId, "files");

/** An export as pages see it. */
export async function describeExport(row: ModelExport) {
  return {
    id: row.id,
    format: row.format,
    type: row.weightType,
    status: row.status,
    /** The bytes of weights written so far, and in the end where that is known. */
    doneBytes: Number(row.doneBytes),
    totalBytes: row.totalBytes === null ? null : Number(row.totalBytes),
    activity: row.activity,
    error: failureText(row),
    createdAt: row.createdAt,
    /** The files; an empty list before the export is completed, or where somebody has removed them by hand. */
    files: row.status === "completed" ? await listFiles(exportFiles(row.id)) : [],
  };
}

/**
 * Finds an export of the project.
 * @throws DomainError `export-not-found`
 */
export async function findExport(input: { projectId: string; exportId: string }): Promise<ModelExport> {
  const { projectId, exportId } = input;
  const row = await database().modelExport.findFirst({ where: { id: exportId, projectId } });
  if (!row) throw exportNotFound(exportId);
  return row;
}

export const exportNotFound = (id: string) =>
  new DomainError("export-not-found", `no export ${id}`, "There is no such export.");
