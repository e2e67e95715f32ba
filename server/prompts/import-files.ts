import { createReadStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import { fileBytes } from "@/domain/intake/containers/file-bytes";
import type { IntakeSource } from "@/domain/intake/read-row-batches";
import { dataPath } from "../storage/data-folder";

/** The folder of an upload. It belongs to the upload alone and goes when the upload is done with. */
export const importFolder = (importId: string): string => dataPath("imports", importId);
/** The uploaded bytes, as they came. */
export const importBytes = (importId: string): string => dataPath("imports", importId, "file");

export const removeImportFiles = (importId: string): Promise<void> =>
  rm(importFolder(importId), { recursive: true, force: true });

/**
 * Opens the bytes of an upload.
 * @throws DomainError `import-file-gone` where they have been removed
 */
export async function openImportBytes(importId: string): Promise<IntakeSource> {
  const path = importBytes(importId);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new DomainError("import-file-gone", `no file ${path}`, "The uploaded file is not there any more.", error);
  });
  return {
    chunks: () => createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>,
    anywhere: async () =>
      fileBytes(
        {
          async read(bytes, offset, length, position) {
            const file = await open(path);
            try {
              return await file.read(bytes, offset, length, position);
            } finally {
              await file.close();
            }
          },
        },
        found.size,
      ),
  };
}
