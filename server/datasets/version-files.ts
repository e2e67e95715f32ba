import { createHash } from "node:crypto";
import { type Ledger, sumLedger } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import type { LedgerEntry } from "./build-records";
import type { RecordLine } from "./record-lines";

export interface VersionFile {
  name: string;
  content: string;
}

const FILE_OF_KIND: Record<RecordKind, string> = {
  demonstration: "demonstrations",
  preference: "preferences",
  unpaired: "unpaired",
};

/** Writes the record files that have at least one line, by name. */
export function recordFiles(lines: readonly RecordLine[]): VersionFile[] {
  const contents = new Map<string, string[]>();
  for (const { kind, split, content } of lines) {
    const name = `${FILE_OF_KIND[kind]}.${split}.jsonl`;
    const rows = contents.get(name) ?? [];
    contents.set(name, rows);
    rows.push(JSON.stringify(content));
  }
  return [...contents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rows]) => ({ name, content: `${rows.join("\n")}\n` }));
}

/**
 * The manifest of a dataset version. In versions of format 1, `hash` was the SHA-256 of the record files with all ids in
 * them; from format 2 on it is that of what is learned (`learned-content.ts`). Nothing else has changed, so both are read
 * alike.
 */
export interface Manifest extends Ledger {
  format: "tuneloop-dataset-2";
  datasetVersionId: string;
  project: string;
  version: number;
  createdAt: string;
  hash: string;
  /** The SHA-256 of each file's bytes, by which a damaged file shows. */
  files: { name: string; records: number; sha256: string }[];
  /** Writes for each record its place and the labels it came from. */
  records: { id: string; file: string; line: number; labelIds: string[] }[];
  /** Writes for each label whether it was used, or why it was left out. */
  ledger: LedgerEntry[];
}

export function manifestFile(
  version: { id: string; number: number; projectSlug: string; hash: string },
  files: readonly VersionFile[],
  lines: readonly RecordLine[],
  ledger: readonly LedgerEntry[],
): VersionFile {
  const manifest: Manifest = {
    format: "tuneloop-dataset-2",
    datasetVersionId: version.id,
    project: version.projectSlug,
    version: version.number,
    createdAt: new Date().toISOString(),
    hash: version.hash,
    ...sumLedger(ledger),
    files: files.map(({ name, content }) => ({
      name,
      records: content.split("\n").length - 1,
      sha256: createHash("sha256").update(content).digest("hex"),
    })),
    records: lines.map(({ id, kind, split, line, labelIds }) => ({
      id,
      file: `${FILE_OF_KIND[kind]}.${split}.jsonl`,
      line,
      labelIds,
    })),
    ledger: [...ledger],
  };
  return { name: "manifest.json", content: `${JSON.stringify(manifest, null, 1)}\n` };
}
