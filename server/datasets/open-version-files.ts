import { createReadStream } from "node:fs";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { listFiles } from "../storage/list-files";
import type { StoredFile } from "../storage/tar";

/**
 * The files of a ready dataset version, to be downloaded. Names come from the folder itself, never from a request.
 * @throws DomainError `dataset-not-found`
 */
export async function openVersionFiles(input: { projectId: string; datasetVersionId: string }) {
  const version = await database().datasetVersion.findFirst({
    where: { id: input.datasetVersionId, projectId: input.projectId, status: "ready" },
    select: { version: true, folder: true },
  });
  if (!version) throw new DomainError("dataset-not-found", input.datasetVersionId, "There is no such dataset version.");
  const { folder } = version;
  const files: StoredFile[] = (await listFiles(folder)).map((file) => ({
    ...file,
    open: () => createReadStream(path.join(dataPath(folder), file.name)),
  }));
  return { version: version.version, files };
}
