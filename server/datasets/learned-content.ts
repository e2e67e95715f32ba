import { createHash } from "node:crypto";
import type { RecordKind } from "@/domain/datasets/records";

/** A record whose line has no place yet. */
export interface LearnedRecord {
  kind: RecordKind;
  split: "train" | "validation";
  groupId: string | null;
  /** The line's content: what is learned, and beside it the ids of rows and people. */
  content: Record<string, unknown>;
}

/** The keys of a line that say what is learned. The other ones are ids, which are of their project alone. */
const LEARNED = [
  ...["prompt", "chosen", "rejected", "completion", "chosenFinished", "rejectedFinished", "finished"],
  ...["margin", "votes", "label", "taskType"],
] as const;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Writes what is learned of a record as one text, whatever the order of keys in its objects. */
function learnedText({ kind, split, content }: LearnedRecord): string {
  return JSON.stringify([kind, split, ...LEARNED.map((key) => canonical(content[key]))]);
}

/** Writes the keys of objects in the order of the alphabet. An absent value and null are one. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.entries(value)
    .sort(([a], [b]) => byText(a, b))
    .map(([key, inner]) => [key, canonical(inner)]);
}

/** The records that the trainer keeps in one batch: those of a group in one file, or a single record. */
interface Unit<T> {
  hash: string;
  members: T[];
}

export interface LearnedContent<T> {
  /** The records in an order that follows from their content: file by file, and the records of a group side by side. */
  ordered: T[];
  /** The SHA-256 of what is learned. */
  hash: string;
}

/**
 * Orders records by what is learned of them, and hashes it: kind, split, texts, marks of cut completions, margins,
 * votes, verdicts, task types, and which records form a group. Ids of rows and people are no part of it, nor the order in
 * which the labels were given, so that a project whose labels travel through a file keeps its hash. A group of one record
 * is no group.
 */
export function learnedContent<T extends LearnedRecord>(records: readonly T[]): LearnedContent<T> {
  const files = new Map<string, T[]>();
  for (const record of records) {
    const name = `${record.kind} ${record.split}`;
    const file = files.get(name);
    if (file) file.push(record);
    else files.set(name, [record]);
  }
  const hash = createHash("sha256");
  const ordered: T[] = [];
  for (const [name, file] of [...files].sort(([a], [b]) => byText(a, b))) {
    const units = unitsOf(file).sort((a, b) => byText(a.hash, b.hash));
    hash.update(`${name} ${units.length}\n`);
    for (const unit of units) {
      hash.update(`${unit.hash}\n`);
      ordered.push(...unit.members);
    }
  }
  return { ordered, hash: hash.digest("hex") };
}

function unitsOf<T extends LearnedRecord>(file: readonly T[]): Unit<T>[] {
  const units: { hash: string; record: T }[][] = [];
  const byGroup = new Map<string, { hash: string; record: T }[]>();
  for (const record of file) {
    const member = { hash: sha256(learnedText(record)), record };
    const known = record.groupId === null ? undefined : byGroup.get(record.groupId);
    if (known) {
      known.push(member);
      continue;
    }
    const unit = [member];
    units.push(unit);
    if (record.groupId !== null) byGroup.set(record.groupId, unit);
  }
  return units.map((unit) => {
    const members = unit.sort((a, b) => byText(a.hash, b.hash));
    const [first] = members;
    const hash = members.length === 1 && first ? first.hash : sha256(members.map((member) => member.hash).join("\n"));
    return { hash, members: members.map(({ record }) => record) };
  });
}
