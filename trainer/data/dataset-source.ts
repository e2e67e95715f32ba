import { stat } from "node:fs/promises";
import { DomainError } from "@/domain/errors";

/** A line longer than this is no training record but a broken file (a missing line end, a binary), and is refused. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

export function invalidDataset(message: string, cause?: unknown): DomainError {
  return new DomainError("dataset-invalid", message, message, cause);
}

/**
 * Whether the records lie in a folder (a dataset version's) or in one file.
 *
 * @param name how the file is called in messages
 * @throws DomainError `dataset-invalid` where there is neither
 */
export async function isFolder(dataset: string, name = dataset): Promise<boolean> {
  const status = await stat(dataset).catch((error: NodeJS.ErrnoException) => {
    throw invalidDataset(`${name}: ${error.code === "ENOENT" ? "no such file or folder" : error.message}`, error);
  });
  return status.isDirectory();
}
