import { DomainError } from "@/domain/errors";
import type { ModelReference } from "@/domain/generations/write-text";
import type { ModelVersion } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { modelRemoved } from "./archive-model";
import { findModelPlace } from "./model-place";

/** A base was looked at when it was added; its folder, a link in it or the settings may be others now. */
const findReference = async (reference: string): Promise<string> => (await findModelPlace(reference)).reference;

/**
 * Finds the weights of a model version. An adapter lies on the nearest ancestor that is a whole model: a run that
 * starts from an adapter goes on training it, so its result holds the earlier ones' changes.
 */
export async function resolveModel(
  db: Database,
  version: Pick<ModelVersion, "id" | "artifactKind" | "artifact" | "parentId" | "name" | "filesRemovedAt">,
): Promise<ModelReference> {
  if (version.filesRemovedAt) throw modelRemoved(version);
  if (version.artifactKind === "reference") return { model: await findReference(version.artifact) };
  const folder = dataPath(version.artifact);
  if (version.artifactKind === "model") return { model: folder };
  const seen = new Set([version.id]);
  for (let parentId = version.parentId; parentId && !seen.has(parentId); ) {
    seen.add(parentId);
    const parent = await db.modelVersion.findUniqueOrThrow({ where: { id: parentId } });
    if (parent.artifactKind === "reference") return { model: await findReference(parent.artifact), adapter: folder };
    if (parent.artifactKind === "model") return { model: dataPath(parent.artifact), adapter: folder };
    parentId = parent.parentId;
  }
  throw new DomainError(
    "model-without-base",
    `adapter ${version.id} has no base among its ancestors`,
    `“${version.name}” is an adapter whose base is missing.`,
  );
}
