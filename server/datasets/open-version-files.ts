import { createReadStream } from "node:fs";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { listFiles } from "../storage/list-files";
import type { StoredFile } from "../storage/tar";

/**
 * Opens the files of a ready dataset version for download. Names come from the folder itself, never from a request.
 * @throws DomainError `dataset-not-found`
 */
export async function openVersionFiles(input: { actor: ProjectActor; datasetVersionId: string }) {
  const { projectId } = requireAdmin(input.actor);
  const version = await database().datasetVersion.findFirst({
    where: { id: input.datasetVersionId, projectId: projectId, status: "ready" },
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
