import { createReadStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { DomainError } from "@/domain/errors";
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS, type ExportFormatName } from "@/domain/export/export-formats";
import { writeItem } from "@/domain/export/write-item";
import { IntakeReader } from "@/domain/intake/intake-reader";
import type { IntakeItem, SaidKind } from "@/domain/intake/items";
import { isProblem, type ReadRow } from "@/domain/intake/place";
import { readRow } from "@/domain/intake/read-row";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";

type Split = "train" | "validation";
const SPLITS: readonly Split[] = ["train", "validation"];

/** The record files of a version that hold what a format takes. */
const FILES: Partial<Record<SaidKind, string>> = {
  demonstration: "demonstrations",
  comparison: "preferences",
  unpaired: "unpaired",
};

/** A version up to this size is looked through, so that what a format leaves out is said in numbers beforehand. */
const COUNTED_RECORDS = 20_000;

export interface VersionExport {
  format: ExportFormatName;
  title: string;
  about: string;
  /** File by file: its name in the address, the records that it holds, and what is left out of it, where that was counted. */
  files: { name: string; records: number; leftOut: { reason: string; count: number }[] | null }[];
}

interface Version {
  version: number;
  folder: string;
}

/**
 * What a dataset version can leave as: for each format the files and, before anybody downloads one, what it can't hold.
 * @throws DomainError `dataset-not-found`
 */
export async function listVersionExports(input: {
  actor: ProjectActor;
  datasetVersionId: string;
}): Promise<VersionExport[]> {
  const version = await findVersion(input);
  const groups = await database().datasetRecord.groupBy({
    by: ["kind", "split"],
    where: { datasetVersionId: input.datasetVersionId },
    _count: true,
  });
  const countOf = (kind: SaidKind, split: Split) =>
    groups.find((group) => group.split === split && group.kind === (kind === "comparison" ? "preference" : kind))
      ?._count ?? 0;
  const isCounted = groups.reduce((sum, { _count }) => sum + _count, 0) <= COUNTED_RECORDS;
  const exports: VersionExport[] = [];
  for (const format of EXPORT_FORMAT_NAMES) {
    const { title, about, holds } = EXPORT_FORMATS[format];
    const files: VersionExport["files"] = [];
    for (const split of SPLITS) {
      const records = holds.reduce((sum, kind) => sum + countOf(kind, split), 0);
      if (records === 0) continue;
      const leftOut = isCounted ? await countLeftOut(version, format, split) : null;
      const lost = leftOut?.reduce((sum, { count }) => sum + count, 0) ?? 0;
      files.push({ name: fileNameOf(format, split), records: records - lost, leftOut });
    }
    if (files.length > 0) exports.push({ format, title, about, files });
  }
  return exports;
}

/**
 * A dataset version's records in another tool's format, line by line as they are read from its files.
 * @param input.file a name that `listVersionExports` gives
 * @throws DomainError `dataset-not-found`, `file-not-found`
 */
export async function openVersionExport(input: {
  actor: ProjectActor;
  datasetVersionId: string;
  file: string;
}): Promise<{ version: number; name: string; stream: Readable }> {
  const version = await findVersion(input);
  for (const format of EXPORT_FORMAT_NAMES)
    for (const split of SPLITS)
      if (input.file === fileNameOf(format, split)) {
        const stream = Readable.from(exportLines(version, format, split), { objectMode: false });
        return { version: version.version, name: input.file, stream };
      }
  throw new DomainError("file-not-found", input.file, "There is no such format.");
}

const fileNameOf = (format: ExportFormatName, split: Split) => `${format}.${split}.jsonl`;

async function findVersion(input: { actor: ProjectActor; datasetVersionId: string }): Promise<Version> {
  const { projectId } = requireAdmin(input.actor);
  const version = await database().datasetVersion.findFirst({
    where: { id: input.datasetVersionId, projectId, status: "ready" },
    select: { version: true, folder: true },
  });
  if (!version) throw new DomainError("dataset-not-found", input.datasetVersionId, "There is no such dataset version.");
  return version;
}

async function* exportLines(version: Version, format: ExportFormatName, split: Split): AsyncGenerator<string> {
  for await (const item of readItems(version, format, split)) {
    const written = writeItem(item, format);
    if ("row" in written) yield `${JSON.stringify(written.row)}\n`;
  }
}

async function countLeftOut(version: Version, format: ExportFormatName, split: Split) {
  const counts = new Map<string, number>();
  for await (const item of readItems(version, format, split)) {
    const written = writeItem(item, format);
    if ("leftOut" in written) counts.set(written.leftOut, (counts.get(written.leftOut) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

/** Every record was written here, so a line of any length is a record. */
const LIMITS = { maxLineBytes: Number.MAX_SAFE_INTEGER, maxLineWords: "" };

/** The records of a version that a format holds, as every import reads them. */
async function* readItems({ folder }: Version, format: ExportFormatName, split: Split): AsyncGenerator<IntakeItem> {
  for (const kind of EXPORT_FORMATS[format].holds) {
    const name = `${FILES[kind]}.${split}.jsonl`;
    for await (const raw of readRawRows(path.join(dataPath(folder), name))) {
      const read = isProblem(raw) ? raw : readRow(raw);
      if (!("items" in read))
        throw new Error(`${folder}/${name}:${raw.place.line} can't be read: ${JSON.stringify(read)}`);
      yield* read.items;
    }
  }
}

/** No rows where the version has no such file. */
async function* readRawRows(file: string): AsyncGenerator<ReadRow> {
  const reader = new IntakeReader(LIMITS, "jsonl");
  const stream = createReadStream(file);
  try {
    for await (const bytes of stream as AsyncIterable<Buffer>) yield* reader.push(bytes);
    yield* reader.end();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    stream.destroy();
  }
}
