import { database } from "../database/client";
import { folderSize } from "../storage/folder-size";
import { removeFolder } from "../storage/write-folder";
import { findUse } from "./find-use";

/**
 * Removes the files of an archived model that nothing uses. Its row stays, because what the model wrote and what
 * learned from it lead to it. The row is locked while its uses are looked for: whatever would begin to use the model
 * waits, and finds it gone.
 * @returns the bytes that became free
 */
export async function removeModelFiles(modelVersionId: string): Promise<number> {
  const artifact = await database().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${modelVersionId}::uuid FOR UPDATE`;
    const model = await tx.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
    if (!model.archivedAt || model.artifactKind === "reference") return null;
    if (model.filesRemovedAt) return model.artifact; // a process that died may have left some of them
    if (await findUse(tx, model)) return null;
    await tx.modelVersion.update({ where: { id: model.id }, data: { filesRemovedAt: new Date() } });
    return model.artifact;
  });
  if (artifact === null) return 0;
  const bytes = await folderSize(artifact);
  await removeFolder(artifact);
  return bytes;
}
