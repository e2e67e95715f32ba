import type { ModelVersion } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { settings } from "../settings";

/**
 * The instance's default base as a model version of this project: what its first completions come from. Only named
 * here; the trainer fetches the files when they are first needed.
 */
export async function ensureBaseModel(db: Database, projectId: string): Promise<ModelVersion> {
  const reference = settings().defaultModel;
  const present = await db.modelVersion.findFirst({
    where: { projectId, kind: "base", artifactKind: "reference", artifact: reference },
  });
  return (
    present ??
    db.modelVersion.create({
      data: {
        projectId,
        name: baseModelName(reference),
        kind: "base",
        artifactKind: "reference",
        artifact: reference,
      },
    })
  );
}

/** What a base is called where nobody named it: the last part of a path or hub id. */
export function baseModelName(reference: string): string {
  const last = reference.split(/[/\\]/).filter(Boolean).at(-1);
  return (last ?? reference).slice(0, 100);
}
