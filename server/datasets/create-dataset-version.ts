import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { isUniqueViolation, isWriteConflict } from "../database/unique-violation";
import { pauses } from "../serve-others";
import { dataPath } from "../storage/data-folder";
import { Spool } from "../storage/spool";
import { removeFolder, writeFolder } from "../storage/write-folder";
import { buildRecords, type LedgerEntry, toExcluded } from "./build-records";
import { endFreezing, type Freezing, sayFreezing } from "./freezing";
import { insertLedger } from "./insert-version";
import { KeptLedger } from "./kept-ledger";
import { LearnedContent } from "./learned-content";
import { readExclusions, readSnapshot } from "./read-snapshot";
import { type RecordLine, recordLines } from "./record-lines";
import { sameAsLatest } from "./same-as-latest";
import { writeManifest, writeRecords } from "./version-files";

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
/** A million labels take minutes on a busy machine; a transaction that is never to end must end some time. */
const LONGEST_MILLISECONDS = 3_600_000;

/**
 * Freezes the project's labels as they are at one moment: rows with their lineage, and a folder of JSONL with a
 * manifest. Rows and folder come together or not at all. Labels, records and files go through memory a page at a time,
 * and others are served meanwhile.
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
    const spool = new Spool();
    const say = (news: Freezing) => sayFreezing(input.projectId, id, news);
    try {
      return await database().$transaction((tx) => takeVersion(tx, { ...input, id, folder, spool, say }), {
        isolationLevel: "RepeatableRead",
        timeout: LONGEST_MILLISECONDS,
      });
    } catch (error) {
      // A commit whose answer was lost may have its row, so the database is asked before the folder goes.
      if (!(await database().datasetVersion.findUnique({ where: { id } }))) await removeFolder(folder);
      // Somebody else took the same number at the same time, so the labels are looked at again.
      if (attempt < ATTEMPTS && (isUniqueViolation(error) || isWriteConflict(error))) continue;
      throw error;
    } finally {
      endFreezing(input.projectId, id);
      await spool.remove();
    }
  }
}

interface Version {
  id: string;
  projectId: string;
  userId: string;
  folder: string;
  spool: Spool;
  say(news: Freezing): void;
}

async function takeVersion(tx: Transaction, version: Version): Promise<CreatedDatasetVersion> {
  const { id, projectId, userId, folder, say } = version;
  const { content, ledger } = await readContent(tx, version);
  const sum = ledger.sum();
  const { files, hash } = await content.end();
  const total = files.reduce((records, file) => records + file.records, 0);
  if (total === 0)
    throw new DomainError(
      "dataset-empty",
      `no label of ${projectId} gives a record (${sum.exported} labels)`,
      sum.exported === 0
        ? "There are no labels yet. Answer some tasks first."
        : `None of the ${sum.exported} labels gives anything to train on: ties and split votes are left out.`,
    );
  const latest = await tx.datasetVersion.findFirst({ where: { projectId }, orderBy: { version: "desc" } });
  if (latest && (await sameAsLatest(tx, latest, hash, ledger))) {
    const { version: number, usedCount } = latest;
    return { id: latest.id, version: number, hash, usedCount, folder: dataPath(latest.folder), reused: true };
  }
  const number = (latest?.version ?? 0) + 1;
  await tx.datasetVersion.create({
    data: {
      ...{ id, projectId, version: number, status: "ready", hash, folder, createdById: userId },
      ...{ exportedCount: sum.exported, usedCount: sum.used, leftOutCount: sum.exported - sum.used },
    },
  });
  const project = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { slug: true } });
  const subject: [string, string] = ["DatasetVersion", id];
  const detail = `version ${number}`;
  await recordAudit(tx, { actorId: userId, projectId, action: "datasets.create", subject, detail });
  // The folder is put in place last, because the database can't take it back by itself.
  await writeFolder(folder, async (writer) => {
    const onRecords = (done: number) => say({ step: "records", done, total });
    const named = await writeRecords(tx, { id, content, files }, writer, onRecords);
    await writeLedger(tx, id, ledger, say);
    const about = { datasetVersionId: id, project: project.slug, version: number, createdAt: new Date().toISOString() };
    await writeManifest(tx, { ...about, hash, ...sum, files: named }, writer);
  });
  return { id, version: number, hash, usedCount: sum.used, folder: dataPath(folder), reused: false };
}

/** Reads all labels, converts them, and puts records and ledger aside. */
async function readContent(tx: Transaction, { projectId, spool, say }: Version) {
  const content = new LearnedContent<RecordLine>(spool);
  const ledger = new KeptLedger(spool);
  const excluded = toExcluded(await readExclusions(tx, projectId));
  const total = await tx.label.count({ where: { projectId } });
  const pause = pauses();
  let done = 0;
  for await (const tasks of readSnapshot(tx, projectId)) {
    const entries: LedgerEntry[] = [];
    const records = [];
    for (const task of tasks) {
      const built = buildRecords(task, excluded);
      entries.push(...built.ledger);
      records.push(...built.records);
      await pause();
    }
    for (const line of await recordLines(tx, records)) await content.add(line);
    await ledger.add(entries);
    done += entries.length;
    say({ step: "labels", done, total });
  }
  return { content, ledger };
}

async function writeLedger(tx: Transaction, id: string, ledger: KeptLedger, say: Version["say"]): Promise<void> {
  const total = ledger.sum().exported;
  let done = 0;
  for await (const entries of ledger.entries()) {
    await insertLedger(tx, id, entries);
    done += entries.length;
    say({ step: "ledger", done, total });
  }
}
