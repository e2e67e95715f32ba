import { createHash } from "node:crypto";
import { searchTokens } from "@/domain/control-tokens";
import { normalizePrompt } from "@/domain/datasets/split";
import type { Message } from "@/domain/messages";
import type { LeftOut } from "@/domain/runs/run-events";
import type { RunWarning } from "@/domain/runs/run-remarks";
import { LeftOutCounter, type Sequence } from "./tokenize-dataset";

/** The tokens with which a tokenizer and its model mark the beginning and the end of texts. */
export type TextBorders = {
  startTokenId: number | null;
  endTokenIds: ReadonlySet<number>;
  /** The special tokens as they are written, by which texts that were rendered before are found. */
  controlTexts: readonly string[];
};

type Placed = { place: string };
type Texts = Placed & { prompt: Message[] };

/** Tokens after the end of turn that a template may write: a line break, another end. */
const AFTER_THE_END = 4;

/**
 * Leaves out examples that would train something else than they show: those with a start token written twice (the text
 * was rendered before, or the template repeats what the tokenizer adds), and those without a token to learn.
 */
export function refuseBroken<Example extends Placed>(
  examples: readonly Example[],
  sequencesOf: (example: Example) => Sequence[],
  { startTokenId }: TextBorders,
  leftOut: LeftOutCounter,
): Example[] {
  return examples.filter((example) => {
    const sequences = sequencesOf(example);
    const startsTwice = sequences.some(({ promptIds, completionIds }) => {
      const [first, second] = [...promptIds.slice(0, 2), ...completionIds.slice(0, 2)];
      return startTokenId !== null && first === startTokenId && second === startTokenId;
    });
    if (startsTwice) leftOut.add("doubledStart", example.place);
    const isMasked = !startsTwice && sequences.some(({ completionIds }) => completionIds.length === 0);
    if (isMasked) leftOut.add("nothingToLearn", example.place);
    return !startsTwice && !isMasked;
  });
}

/** Finds what is odd in examples that are trained on all the same, each kind with its count and places. */
export function findOddities<Example extends Placed>(
  input: {
    train: readonly Example[];
    validation: readonly Example[];
    /** The records that the examples came from, including those that were left out. */
    records: { train: readonly Texts[]; validation: readonly Texts[] };
    sequencesOf: (example: Example) => Sequence[];
    /** The verdict on a single completion; absent for pairs and demonstrations. */
    verdictOf?: (example: Example) => boolean;
  },
  borders: TextBorders,
): LeftOut[] {
  const { train, validation, records, sequencesOf, verdictOf } = input;
  const oddities = new LeftOutCounter();
  for (const example of [...train, ...validation]) {
    const sequences = sequencesOf(example);
    const ends = ({ completionIds, isCut }: Sequence) =>
      isCut === true || completionIds.slice(-AFTER_THE_END).some((id) => borders.endTokenIds.has(id));
    if (!sequences.every(ends)) oddities.add("missingEndOfTurn", example.place);
    for (const reason of cutSides(sequences)) oddities.add(reason, example.place);
  }
  const kept = new Set([...train, ...validation].map(({ place }) => place));
  const held = records.validation.filter(({ place }) => kept.has(place));
  const prompts = new Map(held.map(({ prompt, place }) => [place, normalizePrompt(prompt)]));
  const asked = new Set(prompts.values());
  const trained = new Set<string>();
  for (const { prompt, place } of asked.size > 0 ? records.train : []) {
    const text = normalizePrompt(prompt);
    if (asked.has(text) && kept.has(place)) trained.add(text);
  }
  for (const [place, text] of prompts) if (trained.has(text)) oddities.add("promptInBothSplits", place);
  nameControlTokens(
    [...records.train, ...records.validation].filter(({ place }) => kept.has(place)),
    borders.controlTexts,
    oddities,
  );
  return [...oddities.list(), ...contradictions(train, sequencesOf, verdictOf)];
}

/** Which of an example's completions were cut at the token limit. */
function cutSides(sequences: readonly Sequence[]): ("cutChosen" | "cutRejected" | "cutCompletion")[] {
  const sides = sequences.length === 2 ? (["cutChosen", "cutRejected"] as const) : (["cutCompletion"] as const);
  return sides.filter((_, index) => sequences[index]?.isCut === true);
}

/** Names the records in whose messages control tokens stand, and which ones. */
export function nameControlTokens(
  records: readonly Texts[],
  controlTexts: readonly string[],
  oddities: LeftOutCounter,
): void {
  const search = searchTokens(controlTexts);
  for (const record of records) {
    const found = [...new Set(textsOf(record).flatMap(search))];
    if (found.length > 0) oddities.add("controlTokensInText", record.place, found.join(" "));
  }
}

/** Says what is odd about records that are trained on all the same, with the first of their lines. */
export const oddityWarnings = (odd: readonly LeftOut[], noun: string): RunWarning[] =>
  odd.map(({ reason, count, message, lines }) => ({
    field: reason,
    message: `${count} ${noun}${count === 1 ? "" : "s"} ${message} (${lines.slice(0, 5).join(", ")}${count > 5 ? ", …" : ""})`,
  }));

/** The text of every message, under whatever keys this kind of record has. */
function textsOf(record: Texts): string[] {
  return Object.values(record).flatMap((value) =>
    Array.isArray(value) ? (value as Message[]).map(({ content }) => content) : [],
  );
}

/** Finds two examples that contradict or repeat one another. A repetition may be meant, so both are only mentioned. */
function contradictions<Example extends Placed>(
  examples: readonly Example[],
  sequencesOf: (example: Example) => Sequence[],
  verdictOf?: (example: Example) => boolean,
): LeftOut[] {
  const found = new LeftOutCounter();
  const seen = new Set<string>();
  for (const example of examples) {
    const texts = sequencesOf(example).map(digestOf);
    if (texts.length === 2 && seen.has([...texts].reverse().join("\n"))) found.add("contradictoryPair", example.place);
    const verdict = verdictOf?.(example);
    const text = texts.join("\n");
    const key = verdict === undefined ? text : `${verdict} ${text}`;
    if (verdict !== undefined && seen.has(`${!verdict} ${text}`)) found.add("contradictoryRating", example.place);
    if (seen.has(key)) found.add("repeatedRecord", example.place);
    seen.add(key);
  }
  return found.list();
}

/**
 * A digest that stands for a sequence where only equality matters, because the ids of a large data set as text would
 * fill the memory.
 */
function digestOf({ promptIds, completionIds }: Sequence): string {
  const lengthFirst = Int32Array.from([promptIds.length, ...promptIds, ...completionIds]);
  return createHash("sha256").update(lengthFirst).digest("base64");
}
