import { createHash } from "node:crypto";
import type { RecordKind } from "@/domain/datasets/records";
import { pauses } from "../serve-others";
import type { Spool } from "../storage/spool";

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

/** A record as it is put aside: its columns, and its content as the text of its line. */
interface Kept<Columns> {
  hash: string;
  columns: Columns;
  line: string;
}

/** The records that the trainer keeps in one batch: those of a group in one file, or a single record. */
interface Unit<Columns> {
  hash: string;
  /** The number of its first record in the order of adding, which decides between units of the same content. */
  order: number;
  members: Kept<Columns>[];
}

export interface LearnedFile {
  kind: RecordKind;
  split: "train" | "validation";
  units: number;
  records: number;
}

/** The pieces into which each file is divided, by the beginning of the hash. One piece at a time is in memory. */
const PIECES = 64;
const pieceOf = (hash: string): number => Math.floor(Number.parseInt(hash.slice(0, 2), 16) / (256 / PIECES));

interface FileState extends LearnedFile {
  /** The hashes of the units, piece by piece. */
  hashes: string[][];
}

/**
 * Orders records by what is learned of them, and hashes it: kind, split, texts, marks of cut completions, margins,
 * votes, verdicts, task types, and which records form a group. Ids of rows and people are no part of it, nor the order in
 * which the labels were given, so that a project whose labels travel through a file keeps its hash. A group of one record
 * is no group.
 *
 * Of all records only hashes stay in memory; the records themselves are put aside by the beginning of their hash and
 * come back piece by piece.
 */
export class LearnedContent<T extends LearnedRecord> {
  private readonly files = new Map<string, FileState>();
  private count = 0;

  private readonly pause = pauses();

  /** @param spool whoever gives it removes it */
  constructor(private readonly spool: Spool) {}

  async add(record: T): Promise<void> {
    await this.pause();
    const { content, ...columns } = record;
    const name = `${record.kind} ${record.split}`;
    if (!this.files.has(name)) {
      const { kind, split } = record;
      this.files.set(name, { kind, split, units: 0, records: 0, hashes: Array.from({ length: PIECES }, () => []) });
    }
    const order = this.count++;
    const hash = sha256(learnedText(record));
    const unit = { hash, order, members: [{ hash, columns, line: JSON.stringify(content) }] };
    // The other records of a group may come at any time, so they are put together once all are there.
    if (record.groupId === null) await this.keep(name, unit);
    else await this.spool.add(`${name} group ${pieceOf(sha256(record.groupId))}`, written(unit));
  }

  /** Ends the adding. Returns the files in their order, and the SHA-256 of what is learned. */
  async end(): Promise<{ files: LearnedFile[]; hash: string }> {
    const hash = createHash("sha256");
    const files = [...this.files].sort(([a], [b]) => byText(a, b));
    for (const [name, file] of files) {
      for (let piece = 0; piece < PIECES; piece++)
        for (const unit of groupsOf(await this.read(`${name} group ${piece}`))) await this.keep(name, unit);
      hash.update(`${name} ${file.units}\n`);
      for (const hashes of file.hashes) {
        for (const unit of hashes.sort(byText)) hash.update(`${unit}\n`);
        await this.pause();
      }
    }
    return { files: files.map(([, { hashes: _, ...file }]) => file), hash: hash.digest("hex") };
  }

  /**
   * Gives the records of a file in an order that follows from their content, the records of a group side by side, and
   * each with its line as a text. Call it after `end`.
   */
  async *recordsOf({ kind, split }: LearnedFile): AsyncGenerator<Omit<T, "content"> & { line: string }, void> {
    for (let piece = 0; piece < PIECES; piece++) {
      const units = await this.read(`${kind} ${split} ${piece}`);
      units.sort((a, b) => byText(a.hash, b.hash) || a.order - b.order);
      for (const { members } of units) for (const { columns, line } of members) yield { ...columns, line };
    }
  }

  private async keep(name: string, unit: Unit<Omit<T, "content">>): Promise<void> {
    const file = this.files.get(name);
    const piece = pieceOf(unit.hash);
    if (!file) throw new Error(`no record was added to ${name}`);
    file.units += 1;
    file.records += unit.members.length;
    file.hashes[piece]?.push(unit.hash);
    await this.spool.add(`${name} ${piece}`, written(unit));
  }

  private async read(piece: string): Promise<Unit<Omit<T, "content">>[]> {
    const lines = (await this.spool.read(piece)).split("\n");
    lines.pop(); // the text ends with a line's end
    const units: Unit<Omit<T, "content">>[] = [];
    for (let at = 0; at < lines.length; ) {
      const { hash, order, members } = JSON.parse(lines[at++] as string);
      units.push({ hash, order, members: members.map((one: object) => ({ ...one, line: lines[at++] as string })) });
      await this.pause();
    }
    return units;
  }
}

/** Lines that are JSON have no line's end in them, so that the long ones need not be written as JSON a second time. */
function written<Columns>({ hash, order, members }: Unit<Columns>): string {
  const heads = members.map((member) => ({ hash: member.hash, columns: member.columns }));
  return `${JSON.stringify({ hash, order, members: heads })}\n${members.map(({ line }) => `${line}\n`).join("")}`;
}

/** Puts together the records of each group. */
function groupsOf<Columns extends { groupId: string | null }>(single: readonly Unit<Columns>[]): Unit<Columns>[] {
  const groups = new Map<string | null, Unit<Columns>[]>();
  for (const unit of single) {
    const groupId = unit.members[0]?.columns.groupId ?? null;
    const known = groups.get(groupId);
    if (known) known.push(unit);
    else groups.set(groupId, [unit]);
  }
  return [...groups.values()].map((units) => {
    const order = Math.min(...units.map((unit) => unit.order));
    const members = units.sort((a, b) => byText(a.hash, b.hash) || a.order - b.order).flatMap((unit) => unit.members);
    const [first] = members;
    const hash = members.length === 1 && first ? first.hash : sha256(members.map((member) => member.hash).join("\n"));
    return { hash, order, members };
  });
}
