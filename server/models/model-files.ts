import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { ModelVersion } from "@/generated/prisma/client";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { findModel } from "./find-model";

export interface ModelFile {
  name: string;
  sizeBytes: number;
}

/** The files of a model that a run made; none of a base, which lives outside the instance. */
export async function listModelFiles(model: Pick<ModelVersion, "artifactKind" | "artifact">): Promise<ModelFile[]> {
  if (model.artifactKind === "reference") return [];
  return listFiles(dataPath(model.artifact));
}

/** The files directly in a folder, by name; none where the folder is gone. */
export async function listFiles(folder: string): Promise<ModelFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(
    files.sort().map(async (name) => ({ name, sizeBytes: (await stat(path.join(folder, name))).size })),
  );
}

/**
 * One file of a model, to be downloaded.
 * @throws DomainError `model-not-found`, `model-file-not-found`
 */
export async function openModelFile(input: { projectId: string; modelVersionId: string; fileName: string }) {
  const model = await findModel(database(), input.projectId, input.modelVersionId);
  const file = (await listModelFiles(model)).find(({ name }) => name === input.fileName);
  if (!file)
    throw new DomainError("model-file-not-found", `${input.fileName} of ${model.id}`, "The model has no such file.");
  const place = path.join(dataPath(model.artifact), file.name);
  return { ...file, stream: createReadStream(place) };
}
