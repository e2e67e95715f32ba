import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { isUniqueViolation, isWriteConflict } from "../database/unique-violation";
import { dataPath } from "../storage/data-folder";
import { removeFolder, writeFolder } from "../storage/write-folder";
import { buildRecords } from "./build-records";
import { insertVersion } from "./insert-version";
import { readSnapshot } from "./read-snapshot";
import { recordLines } from "./record-lines";
import { sameAsLatest } from "./same-as-latest";
import { manifestFile, recordFiles } from "./version-files";

export interface CreatedDatasetVersion {
  id: string;
  version: number;
  hash: string;
  /** The absolute folder of the record files and the manifest. */
  folder: string;
  usedCount: number;
  /** True where the latest version was taken of the very same labels, so that no new one was made. */
  reused: boolean;
}

const ATTEMPTS = 5;

/**
 * Freezes the project's labels as they are at one moment: rows with their lineage, and a folder of JSONL with a
 * manifest. Rows and folder come together or not at all.
 *
 * @throws DomainError `dataset-empty` where no label gives a record
 */
export async function createDatasetVersion(input: {
  projectId: string;
  userId: string;
}): Promise<CreatedDatasetVersion> {
  for (let attempt = 1; ; attempt++) {
    const id = newId();
    const folder = `datasets/${id}`;
    try {
      return await database().$transaction((tx) => takeVersion(tx, { ...input, id, folder }), {
        isolationLevel: "RepeatableRead",
        timeout: 300_000,
      });
    } catch (error) {
      // A commit whose answer was lost may have its row, so the database is asked before the folder goes.
      if (!(await database().datasetVersion.findUnique({ where: { id } }))) await removeFolder(folder);
      // Somebody else took the same number at the same time, so the labels are looked at again.
      if (attempt < ATTEMPTS && (isUniqueViolation(error) || isWriteConflict(error))) continue;
      throw error;
    }
  }
}

async function takeVersion(
  tx: Transaction,
  { projectId, userId, id, folder }: { projectId: string; userId: string; id: string; folder: string },
): Promise<CreatedDatasetVersion> {
  const { records, ledger } = buildRecords(await readSnapshot(tx, projectId));
  if (records.length === 0)
    throw new DomainError(
      "dataset-empty",
      `no label of ${projectId} gives a record (${ledger.length} labels)`,
      ledger.length === 0
        ? "There are no labels yet. Answer some tasks first."
        : `None of the ${ledger.length} labels gives anything to train on: ties and split votes are left out.`,
    );
  const { lines, hash } = await recordLines(tx, records);
  const files = recordFiles(lines);
  const latest = await tx.datasetVersion.findFirst({
    where: { projectId },
    orderBy: { version: "desc" },
    include: { ledger: true },
  });
  if (latest && sameAsLatest(latest, hash, ledger)) {
    const { version, usedCount } = latest;
    return { id: latest.id, version, hash, usedCount, folder: dataPath(latest.folder), reused: true };
  }
  const number = (latest?.version ?? 0) + 1;
  const usedCount = await insertVersion(tx, { id, projectId, userId, number, hash, folder, lines, ledger });
  const project = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { slug: true } });
  const subject: [string, string] = ["DatasetVersion", id];
  await recordAudit(tx, {
    actorId: userId,
    projectId,
    action: "datasets.create",
    subject,
    detail: `version ${number}`,
  });
  // The folder comes last, because the database can't take it back by itself.
  const manifest = manifestFile({ id, number, projectSlug: project.slug, hash }, files, lines, ledger);
  await writeFolder(folder, [...files, manifest]);
  return { id, version: number, hash, usedCount, folder: dataPath(folder), reused: false };
}
