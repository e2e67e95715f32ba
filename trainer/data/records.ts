import { z } from "zod";
import type { DomainError } from "@/domain/errors";
import type { IntakeItem } from "@/domain/intake/items";
import type { RawRow, RowProblem } from "@/domain/intake/place";
import { readRow } from "@/domain/intake/read-row";
import { isFinished, type Turn } from "@/domain/intake/turns";
import { type ComparisonStrength, STRENGTH_MARGIN } from "@/domain/labels/comparison";
import type { Message } from "@/domain/messages";
import { invalidDataset } from "./dataset-source";
import type { IntakeNotes } from "./intake-notes";
import { desirabilities, pairsOfJudged } from "./judged-completions";
import type { LeftOutReason } from "./left-out-reasons";
import type { PlacedRow } from "./read-rows";

/** The place of a record, for messages and the ledger, with its split and group. */
type Place = { place: string; split: "train" | "validation"; groupId: string | null };

/** A prompt and two completions, the first preferred. */
export type PreferenceRecord = Place & {
  prompt: Message[];
  chosen: Message[];
  rejected: Message[];
  margin: number;
  /** False for a completion that was cut at the token limit. */
  chosenFinished: boolean;
  rejectedFinished: boolean;
  lineage: PairLineage;
};
/** The origin of a pair, as far as its dataset states it; only reports read it. */
export type PairLineage = z.output<typeof lineageSchema>;
/** A conversation to learn; `completion` is its last assistant turn (in a prompt/completion record: all of that key). */
export type DemonstrationRecord = Place & {
  prompt: Message[];
  completion: Message[];
  /** False for a completion that was cut at the token limit. */
  finished: boolean;
  /** Turns that bear no loss, by their index in prompt and completion together. */
  unlearned?: ReadonlySet<number>;
};
/** One completion, desirable or not. */
export type UnpairedRecord = Place & {
  prompt: Message[];
  completion: Message[];
  finished: boolean;
  desirable: boolean;
};

export type RecordsOf = { preference: PreferenceRecord; demonstration: DemonstrationRecord; unpaired: UnpairedRecord };
export type RecordKind = keyof RecordsOf;

// Another tool may use one of these names for something else, which is no reason to refuse its file.
const optionalId = z.string().nullable().catch(null);
const lineageSchema = z.object({
  promptId: optionalId,
  chosenCompletionId: optionalId,
  rejectedCompletionId: optionalId,
  taskType: optionalId,
  labelIds: z.array(z.string()).catch([]),
  /** The people who put chosen first. */
  annotatorIds: z.array(z.string()).catch([]),
  /** Annotators who put chosen first, and who put rejected first. */
  votes: z
    .object({ for: z.int().min(0), against: z.int().min(0) })
    .nullable()
    .catch(null),
});

const COLUMNS: Record<RecordKind, string> = {
  preference: "prompt, chosen and rejected, or two conversations chosen and rejected that begin alike",
  demonstration: "messages, or prompt and completion, or instruction, input and output",
  unpaired: "prompt, completion and label",
};

/** The outcome of reading a row: its records of the wanted kind, and the reasons for which others are left out. */
export type RowRecords<Kind extends RecordKind> = {
  records: RecordsOf[Kind][];
  /** Reasons for records that are left out, including those of the test split, which no run may see. */
  leftOut: LeftOutReason[];
};

/**
 * Gives the records that a row holds for a method.
 *
 * @param at file and line, as in "pairs.jsonl:3"
 * @throws DomainError `dataset-invalid` that names file, line and key
 */
export function recordsOfRow<Kind extends RecordKind>(
  kind: Kind,
  { at, row }: PlacedRow,
  notes: IntakeNotes,
): RowRecords<Kind> {
  const read = readRow(row);
  if ("message" in read) throw invalidRow(kind, row, at, read);
  if ("notLearned" in read) return { records: [], leftOut: ["weightZero"] };
  const result: RowRecords<Kind> = { records: [], leftOut: [] };
  if (read.items.length === 0) throw missing(kind, row, at);
  for (const item of read.items) {
    if (item.split === "test") {
      result.leftOut.push("testSplit");
      continue;
    }
    const made = makers[kind](item, row, at);
    if (typeof made === "string") result.leftOut.push(made);
    else result.records.push(...made);
  }
  for (const key of read.ignored) notes.ignore(key, at);
  return result;
}

type Maker<Kind extends RecordKind> = (item: IntakeItem, row: RawRow, at: string) => RecordsOf[Kind][] | LeftOutReason;

const makers: { [Kind in RecordKind]: Maker<Kind> } = {
  preference(item, row, at) {
    const { said } = item;
    if (said.kind === "comparison") return [pairOf(item, row, at, said)];
    if (said.kind !== "rating" && said.kind !== "ranking") throw missing("preference", row, at);
    const pairs = pairsOfJudged(item).map(({ chosen, rejected, margin }) => ({
      ...pairOf(item, row, at, { chosen, rejected, margin, strength: null }),
      groupId: at,
    }));
    return pairs.length > 0 ? pairs : "noPair";
  },
  demonstration(item, row, at) {
    const { said } = item;
    if (said.kind === "demonstration") return [singleOf(item, at, said.completion)];
    if (said.kind === "unpaired") return said.desirable ? [singleOf(item, at, said.completion)] : "labelFalse";
    if (said.kind === "rating") {
      const good = desirabilities(item).filter(({ desirable }) => desirable);
      return good.length > 0 ? good.map(({ turns }) => singleOf(item, at, turns)) : "lowRating";
    }
    if (said.kind === "prompt" && Array.isArray(row.fields.messages))
      throw invalidDataset(`${at}: messages: the last turn must be the assistant's, it is what is learned`);
    throw missing("demonstration", row, at);
  },
  unpaired(item, row, at) {
    const { said } = item;
    if (said.kind === "unpaired") return [{ ...singleOf(item, at, said.completion), desirable: said.desirable }];
    if (said.kind !== "rating") throw missing("unpaired", row, at);
    const rated = desirabilities(item);
    return rated.length > 0
      ? rated.map(({ turns, desirable }) => ({ ...singleOf(item, at, turns), desirable, groupId: at }))
      : "middlingRating";
  },
};

type Pair = { chosen: Turn[]; rejected: Turn[]; margin: number | null; strength: ComparisonStrength | null };

function pairOf(item: IntakeItem, { fields }: RawRow, at: string, pair: Pair): PreferenceRecord {
  const { margin, strength } = pair;
  return {
    ...placeOf(item, at),
    prompt: toMessages(item.prompt),
    chosen: toMessages(pair.chosen),
    rejected: toMessages(pair.rejected),
    chosenFinished: isFinished(pair.chosen),
    rejectedFinished: isFinished(pair.rejected),
    margin: margin ?? (strength === null ? 0 : STRENGTH_MARGIN[strength]),
    lineage: lineageSchema.parse(fields),
  };
}

function singleOf(item: IntakeItem, at: string, completion: Turn[]): DemonstrationRecord {
  const turns = [...item.prompt, ...completion];
  const unlearned = turns.flatMap(({ learned }, index) => (learned === false ? [index] : []));
  const inside = unlearned.find((index) => index >= item.prompt.length);
  if (completion.length > 1 && inside !== undefined) {
    const key = `completion.${inside - item.prompt.length}.weight`;
    throw invalidDataset(
      `${at}: ${key}: a weight of 0 inside a completion of several turns is not read; write messages`,
    );
  }
  return {
    ...placeOf(item, at),
    prompt: toMessages(item.prompt),
    completion: toMessages(completion),
    finished: isFinished(completion),
    ...(unlearned.length > 0 && { unlearned: new Set(unlearned) }),
  };
}

const placeOf = ({ split, groupId }: IntakeItem, at: string): Place => ({
  place: at,
  split: split === "validation" ? "validation" : "train",
  groupId,
});

/** Messages in the form that templates read: keys besides role and content stand in the message itself. */
export const toMessages = (turns: readonly Turn[]): Message[] =>
  turns.map(({ role, content, extras }) => ({ ...extras, role, content }));

function missing(kind: RecordKind, { fields }: RawRow, at: string): DomainError {
  const has = Object.keys(fields).slice(0, 8).join(", ") || "no keys";
  const key =
    WANTED_KEYS[kind].find((name) => fields[name] === undefined || fields[name] === null) ?? WANTED_KEYS[kind][0];
  return invalidDataset(`${at}: ${key}: it is missing; a record needs ${COLUMNS[kind]} (this line has ${has})`);
}

const WANTED_KEYS: Record<RecordKind, string[]> = {
  preference: ["chosen", "rejected", "prompt"],
  demonstration: ["completion", "prompt"],
  unpaired: ["label", "completion", "prompt"],
};

function invalidRow(kind: RecordKind, row: RawRow, at: string, { field, message }: RowProblem): DomainError {
  const isBare = field === undefined && message.startsWith("needs ");
  if (isBare || (field === "prompt" && message.startsWith("is missing"))) {
    const has = Object.keys(row.fields).slice(0, 8).join(", ") || "no keys";
    const key = isBare ? WANTED_KEYS[kind][0] : "prompt";
    return invalidDataset(`${at}: ${key}: it is missing; a record needs ${COLUMNS[kind]} (this line has ${has})`);
  }
  return invalidDataset(`${at}: ${field === undefined ? "" : `${field}: `}${message}`);
}
