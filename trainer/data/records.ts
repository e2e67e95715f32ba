import { z } from "zod";
import { implicitPrompt } from "@/domain/datasets/implicit-prompt";
import type { Message } from "@/domain/messages";
import { invalidDataset } from "./jsonl-lines";
import { turns, turnsOrText } from "./turns";

/** Where a record stands, for messages and the ledger. */
type Place = { place: string; split: "train" | "validation"; groupId: string | null };

/** A prompt and two completions, the first preferred. */
export type PreferenceRecord = Place & {
  prompt: Message[];
  chosen: Message[];
  rejected: Message[];
  margin: number;
  lineage: PairLineage;
};
/** Where a pair comes from, as far as its dataset says: for reports alone. */
export type PairLineage = z.output<typeof lineageSchema>;
/** A conversation to learn; `completion` is its last assistant turn (in a prompt/completion record: all of that key). */
export type DemonstrationRecord = Place & { prompt: Message[]; completion: Message[] };
/** One completion, desirable or not. */
export type UnpairedRecord = Place & { prompt: Message[]; completion: Message[]; desirable: boolean };

export type RecordsOf = { preference: PreferenceRecord; demonstration: DemonstrationRecord; unpaired: UnpairedRecord };
export type RecordKind = keyof RecordsOf;

const place = {
  // Records of a dataset version say what they are for; "test" records are nobody's business here.
  split: z.enum(["train", "validation", "test"]).default("train"),
  groupId: z.string().nullish(),
};

// What another tool means by one of these names is no reason to refuse its file.
const optionalId = z.string().nullable().catch(null);
const lineageSchema = z.object({
  promptId: optionalId,
  chosenCompletionId: optionalId,
  rejectedCompletionId: optionalId,
  taskType: optionalId,
  labelIds: z.array(z.string()).catch([]),
  /** Of the people who put chosen first. */
  annotatorIds: z.array(z.string()).catch([]),
  /** Annotators who put chosen first, and who put rejected first. */
  votes: z
    .object({ for: z.int().min(0), against: z.int().min(0) })
    .nullable()
    .catch(null),
});

// Formats of TRL. Further keys (ids of the lineage, scores) are left alone.
const preferenceSchema = z.object({
  prompt: turnsOrText("user"),
  chosen: turnsOrText("assistant"),
  rejected: turnsOrText("assistant"),
  margin: z.number().min(0).default(0),
  ...place,
});
const demonstrationSchema = z.object({ prompt: turnsOrText("user"), completion: turnsOrText("assistant"), ...place });
const instructionSchema = z.object({
  system: z.string().nullish(),
  instruction: z.string().min(1, "is empty"),
  input: z.string().nullish(),
  output: z.string(),
  ...place,
});
const conversationSchema = z.object({ messages: turns.min(2, "needs a user's and an assistant's turn"), ...place });
const unpairedSchema = z.object({
  prompt: turnsOrText("user"),
  completion: turnsOrText("assistant"),
  label: z.boolean(),
  ...place,
});

const COLUMNS: Record<RecordKind, string> = {
  preference: "prompt, chosen and rejected, or two conversations chosen and rejected that begin alike",
  demonstration: "messages, or prompt and completion, or instruction, input and output",
  unpaired: "prompt, completion and label",
};

/**
 * Checks one line of a dataset.
 *
 * @param at file and line, as in "pairs.jsonl:3"
 * @returns null for a record of the test split
 * @throws DomainError `dataset-invalid` that names file, line and key
 */
export function parseRecord<Kind extends RecordKind>(kind: Kind, value: unknown, at: string): RecordsOf[Kind] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidDataset(`${at}: a record must be an object with ${COLUMNS[kind]}`);
  }
  return parsers[kind](value, at);
}

const parsers: { [Kind in RecordKind]: (value: object, at: string) => RecordsOf[Kind] | null } = {
  preference(value, at) {
    const { chosen, rejected } = value as Record<string, unknown>;
    const whole = "prompt" in value ? value : { ...value, ...implicitPrompt(chosen, rejected) };
    const { split, groupId, ...record } = check(preferenceSchema, whole, "preference", at);
    if (split === "test") return null;
    const lineage = check(lineageSchema, value, "preference", at);
    return { ...record, split, groupId: groupId ?? null, place: at, lineage };
  },
  demonstration(value, at) {
    if ("instruction" in value) {
      const { system, instruction, input, output, split, groupId } = check(
        instructionSchema,
        value,
        "demonstration",
        at,
      );
      if (split === "test") return null;
      const prompt: Message[] = system ? [{ role: "system", content: system }] : [];
      // One turn: the input is what the instruction is about.
      prompt.push({ role: "user", content: input ? `${instruction}\n\n${input}` : instruction });
      return {
        prompt,
        completion: [{ role: "assistant", content: output }],
        split,
        groupId: groupId ?? null,
        place: at,
      };
    }
    if (!("messages" in value)) {
      const { split, groupId, ...record } = check(demonstrationSchema, value, "demonstration", at);
      return split === "test" ? null : { ...record, split, groupId: groupId ?? null, place: at };
    }
    const { messages, split, groupId } = check(conversationSchema, value, "demonstration", at);
    if (messages.at(-1)?.role !== "assistant") {
      throw invalidDataset(`${at}: messages: the last turn must be the assistant's, it is what is learned`);
    }
    if (split === "test") return null;
    return {
      prompt: messages.slice(0, -1),
      completion: messages.slice(-1),
      split,
      groupId: groupId ?? null,
      place: at,
    };
  },
  unpaired(value, at) {
    const { split, groupId, label, ...record } = check(unpairedSchema, value, "unpaired", at);
    return split === "test" ? null : { ...record, desirable: label, split, groupId: groupId ?? null, place: at };
  },
};

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: object,
  kind: RecordKind,
  at: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const key = issue?.path.join(".") ?? "";
  const top = String(issue?.path[0] ?? "");
  if (top !== "" && !(top in value)) {
    const has = Object.keys(value).slice(0, 8).join(", ") || "no keys";
    throw invalidDataset(`${at}: ${top}: it is missing; a record needs ${COLUMNS[kind]} (this line has ${has})`);
  }
  throw invalidDataset(`${at}: ${key}: ${issue?.message.replace(/^Invalid input: /, "") ?? "is not valid"}`);
}
