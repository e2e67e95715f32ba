import type { Message } from "@/domain/messages";
import type { LeftOut } from "@/domain/runs/run-events";
import { orRefusal, type TextRefusal } from "../tokenizer/text-refusal";
import type { ChatExample, TokenSpan } from "../tokenizer/tokenize-example";
import { LEFT_OUT_MESSAGES, type LeftOutReason } from "./left-out-reasons";
import type { DemonstrationRecord, PreferenceRecord, UnpairedRecord } from "./records";

/** One prompt with one completion as token ids. The completion's end-of-turn token is part of it, unless it was cut. */
export type Sequence = {
  promptIds: number[];
  completionIds: number[];
  /** Set for a completion that was cut at the token limit, whose tokens end with its text. */
  isCut?: true;
};

export type TokenizedPair = {
  place: string;
  groupId: string | null;
  chosen: Sequence;
  rejected: Sequence;
  margin: number;
};
export type TokenizedDemonstration = {
  place: string;
  groupId: string | null;
  sequence: Sequence;
  /**
   * The assistant's turns in the tokens of prompt and completion, or the completion alone if nobody asked for all
   * turns.
   */
  turns: TokenSpan[];
};
export type TokenizedUnpaired = { place: string; groupId: string | null; sequence: Sequence; desirable: boolean };

export type TokenizeExample = (example: ChatExample) => Sequence;
export type FindTurns = (messages: Message[], options: { finished: boolean }) => TokenSpan[];

/** Collects which records were left out (or are odd), by reason, in the order in which the reasons came up. */
export class LeftOutCounter {
  private readonly reasons = new Map<string, LeftOut>();
  private readonly details = new Map<string, Set<string>>();

  /**
   * Adds a record to a reason.
   * @param detail what differs between records that share the reason; messages name the first few
   */
  add(reason: LeftOutReason, place: string, detail?: string): void {
    const entry = this.reasons.get(reason) ?? { reason, message: LEFT_OUT_MESSAGES[reason], count: 0, lines: [] };
    if (detail !== undefined) entry.message = `${LEFT_OUT_MESSAGES[reason]}: ${this.detailsWith(reason, detail)}`;
    entry.count += 1;
    if (entry.lines.length < 20) entry.lines.push(place);
    this.reasons.set(reason, entry);
  }

  /** Leaves out a record that can't be written as tokens. */
  addRefusal({ kind, reason }: TextRefusal, place: string): void {
    this.add(kind === "template" ? "templateRefuses" : "tokenWithoutEmbedding", place, reason);
  }

  list(): LeftOut[] {
    return [...this.reasons.values()];
  }

  private detailsWith(reason: string, detail: string): string {
    const details = this.details.get(reason) ?? new Set();
    this.details.set(reason, details);
    if (details.size <= DETAILS) details.add(detail);
    const all = [...details];
    return all.length > DETAILS ? `${all.slice(0, DETAILS).join("; ")}; …` : all.join("; ");
  }
}

/** How many different details of one reason a message names. */
const DETAILS = 3;

export function tokenizePairs(
  records: Omit<PreferenceRecord, "lineage">[],
  tokenize: TokenizeExample,
  maxLength: number,
  leftOut: LeftOutCounter,
): TokenizedPair[] {
  return records.flatMap(({ prompt, chosen, rejected, chosenFinished, rejectedFinished, margin, place, groupId }) => {
    if (isEmpty(chosen) || isEmpty(rejected)) return drop(leftOut, "emptyCompletion", place);
    const { result: pair, refusal } = orRefusal(() => ({
      chosen: tokenizeOne(tokenize, { prompt, completion: chosen, finished: chosenFinished }),
      rejected: tokenizeOne(tokenize, { prompt, completion: rejected, finished: rejectedFinished }),
    }));
    if (refusal) return refuse(leftOut, refusal, place);
    // Both completions share one array for their prompt, because prompts may be the longer part of a data set.
    if (sameIds(pair.chosen.promptIds, pair.rejected.promptIds)) pair.rejected.promptIds = pair.chosen.promptIds;
    // Two equal completions leave nothing to prefer: the loss would stay at log 2 and the accuracy at 50 %. If only one
    // of two equal texts was cut, the pair would teach nothing but whether to stop there, which no annotator was asked.
    if (sameIds(pair.chosen.completionIds, pair.rejected.completionIds) || sameTexts(chosen, rejected)) {
      return drop(leftOut, "identicalCompletions", place);
    }
    if (Math.max(sequenceLength(pair.chosen), sequenceLength(pair.rejected)) > maxLength) {
      return drop(leftOut, "tooLong", place);
    }
    return [{ ...pair, margin, place, groupId }];
  });
}

/**
 * Tokenizes demonstrations.
 * @param findTurns gives all of the assistant's turns; absent if only the last one is learned
 */
export function tokenizeDemonstrations(
  records: DemonstrationRecord[],
  tokenize: TokenizeExample,
  maxLength: number,
  leftOut: LeftOutCounter,
  findTurns?: FindTurns,
): TokenizedDemonstration[] {
  return tokenizeSingles(records, tokenize, maxLength, leftOut).flatMap(({ record, sequence }) => {
    const { place, groupId } = record;
    const { result: turns, refusal } = orRefusal(() => learnedTurns(record, sequence, findTurns));
    if (refusal) return refuse(leftOut, refusal, place);
    // A turn of weight 0 bears no loss; if all turns have weight 0, there is nothing to learn.
    return turns.length > 0 ? [{ place, groupId, sequence, turns }] : drop(leftOut, "weightZero", place);
  });
}

function learnedTurns(
  { prompt, completion, finished, unlearned }: DemonstrationRecord,
  sequence: Sequence,
  findTurns: FindTurns | undefined,
): TokenSpan[] {
  const messages = [...prompt, ...completion];
  if (!findTurns) {
    const isLearned = !unlearned?.has(messages.length - 1);
    return isLearned ? [{ start: sequence.promptIds.length, end: sequenceLength(sequence) }] : [];
  }
  const indices = messages.flatMap(({ role }, index) => (role === "assistant" ? [index] : []));
  return findTurns(messages, { finished }).filter((_, turn) => !unlearned?.has(indices[turn] ?? -1));
}

export function tokenizeUnpaired(
  records: UnpairedRecord[],
  tokenize: TokenizeExample,
  maxLength: number,
  leftOut: LeftOutCounter,
): TokenizedUnpaired[] {
  return tokenizeSingles(records, tokenize, maxLength, leftOut).map(({ record, sequence }) => ({
    place: record.place,
    groupId: record.groupId,
    desirable: record.desirable,
    sequence,
  }));
}

function tokenizeSingles<Entry extends DemonstrationRecord>(
  records: Entry[],
  tokenize: TokenizeExample,
  maxLength: number,
  leftOut: LeftOutCounter,
): { record: Entry; sequence: Sequence }[] {
  return records.flatMap((record) => {
    const { prompt, completion, finished, place } = record;
    if (isEmpty(completion)) return drop(leftOut, "emptyCompletion", place);
    const { result: sequence, refusal } = orRefusal(() => tokenizeOne(tokenize, { prompt, completion, finished }));
    if (refusal) return refuse(leftOut, refusal, place);
    return sequenceLength(sequence) > maxLength ? drop(leftOut, "tooLong", place) : [{ record, sequence }];
  });
}

const tokenizeOne = (tokenize: TokenizeExample, example: ChatExample): Sequence => ({
  ...tokenize(example),
  ...(example.finished === false && { isCut: true }),
});

export function sequenceLength({ promptIds, completionIds }: Sequence): number {
  return promptIds.length + completionIds.length;
}

export function sameIds(left: number[], right: number[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}

const sameTexts = (left: Message[], right: Message[]) =>
  left.length === right.length &&
  left.every(({ role, content }, index) => role === right[index]?.role && content === right[index]?.content);

function isEmpty(completion: Message[]): boolean {
  return completion.every(({ content }) => content.trim() === "");
}

function drop(leftOut: LeftOutCounter, reason: LeftOutReason, place: string): never[] {
  leftOut.add(reason, place);
  return [];
}

function refuse(leftOut: LeftOutCounter, refusal: TextRefusal, place: string): never[] {
  leftOut.addRefusal(refusal, place);
  return [];
}
