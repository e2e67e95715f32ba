import { DomainError } from "@/domain/errors";
import type { ModelExport } from "@/generated/prisma/client";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";
import { listFiles } from "../models/model-files";
import { dataPath } from "../storage/data-folder";

export type ExportRow = Awaited<ReturnType<typeof describeExport>>;

/** Where the files of an export are. Its trainer writes beside it first, so the folder above belongs to it alone. */
export const exportFolder = (exportId: string): string => dataPath("exports", exportId);
export const exportFiles = (exportId: string): string => dataPath("exports", exportId, "files");

/** An export as pages see it. */
export async function describeExport(row: ModelExport) {
  return {
    id: row.id,
    format: row.format,
    type: row.weightType,
    status: row.status,
    /** Bytes of weights written so far, and in the end where that is known. */
    doneBytes: Number(row.doneBytes),
    totalBytes: row.totalBytes === null ? null : Number(row.totalBytes),
    activity: row.activity,
    error: failureText(row),
    createdAt: row.createdAt,
    /** None before it is completed, or where somebody has removed them by hand. */
    files: row.status === "completed" ? await listFiles(exportFiles(row.id)) : [],
  };
}

/** @throws DomainError `export-not-found` */
export async function findExport(input: { projectId: string; exportId: string }): Promise<ModelExport> {
  const { projectId, exportId } = input;
  const row = await database().modelExport.findFirst({ where: { id: exportId, projectId } });
  if (!row) throw exportNotFound(exportId);
  return row;
}

export const exportNotFound = (id: string) =>
  new DomainError("export-not-found", `no export ${id}`, "There is no such export.");
