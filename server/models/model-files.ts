import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { ModelVersion } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import type { StoredFile } from "../storage/tar";
import { findModel } from "./find-model";

export interface ModelFile {
  name: string;
  sizeBytes: number;
}

/** Lists the files of a model that a run made. A base has none here, since it lives outside the instance. */
export async function listModelFiles(model: Pick<ModelVersion, "artifactKind" | "artifact">): Promise<ModelFile[]> {
  if (model.artifactKind === "reference") return [];
  return listFiles(dataPath(model.artifact));
}

/** Lists the files in a folder and in its members' folders (an ensemble's), by name; none where the folder is gone. */
export async function listFiles(folder: string): Promise<ModelFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)).split(path.sep).join("/"));
  return Promise.all(
    files.sort().map(async (name) => ({ name, sizeBytes: (await stat(path.join(folder, name))).size })),
  );
}

/**
 * Opens the files of a model for download. Names come from the folder itself, never from a request.
 * @throws DomainError `model-not-found`
 */
export async function openModelFiles(input: { actor: ProjectActor; modelVersionId: string }) {
  const { projectId } = requireAdmin(input.actor);
  const model = await findModel(database(), projectId, input.modelVersionId);
  const files: StoredFile[] = (await listModelFiles(model)).map((file) => ({
    ...file,
    open: () => createReadStream(path.join(dataPath(model.artifact), file.name)),
  }));
  return { name: model.name, files };
}
