import type { ModelVersion } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { settings } from "../settings";

/**
 * Makes the instance's default base a model version of this project, from which its first completions come. The base is
 * only named here; the trainer fetches the files when they are first needed.
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

/** Names a base that nobody named: by the last part of its path or hub id. */
export function baseModelName(reference: string): string {
  const last = reference.split(/[/\\]/).filter(Boolean).at(-1);
  return (last ?? reference).slice(0, 100);
}
