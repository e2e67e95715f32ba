import type { RunCircumstances } from "@/domain/runs/methods/method-description";
import type { RecordKind, RecordsOf } from "../data/records";
import {
  type FindTurns,
  type LeftOutCounter,
  type Sequence,
  type TokenizedDemonstration,
  type TokenizedPair,
  type TokenizedUnpaired,
  type TokenizeExample,
  tokenizeDemonstrations,
  tokenizePairs,
  tokenizeUnpaired,
} from "../data/tokenize-dataset";

/** A kind of examples that methods learn from: the records to read, and the examples made of them. */
export type ExampleKind<Kind extends RecordKind, Example> = {
  records: Kind;
  /** The plural noun for messages. */
  noun: string;
  tokenizeAll: (
    records: RecordsOf[Kind][],
    tokenize: TokenizeExample,
    maxLength: number,
    leftOut: LeftOutCounter,
    findTurns: FindTurns,
  ) => Example[];
  sequencesOf: (example: Example) => Sequence[];
  /** The group of an example; examples of one group stay in one batch. */
  groupOf: (example: Example) => string | null;
  /**
   * The verdict on an example, which may contradict the verdict on another example of equal text; absent for kinds
   * without one.
   */
  verdictOf?: (example: Example) => boolean;
  /** Facts besides their number that the choice of defaults depends on. */
  describe?: (examples: readonly Example[]) => Pick<RunCircumstances, "desirable">;
};

export const pairs: ExampleKind<"preference", TokenizedPair> = {
  records: "preference",
  noun: "preference pairs",
  tokenizeAll: tokenizePairs,
  sequencesOf: ({ chosen, rejected }) => [chosen, rejected],
  groupOf: ({ groupId }) => groupId,
};

export const demonstrations: ExampleKind<"demonstration", TokenizedDemonstration> = {
  records: "demonstration",
  noun: "demonstrations",
  tokenizeAll: (records, tokenize, maxLength, leftOut) => tokenizeDemonstrations(records, tokenize, maxLength, leftOut),
  sequencesOf: ({ sequence }) => [sequence],
  groupOf: ({ groupId }) => groupId,
};

/** Demonstrations of which every turn of the assistant is learned, not the last alone. */
export const conversations: typeof demonstrations = { ...demonstrations, tokenizeAll: tokenizeDemonstrations };

export const ratedCompletions: ExampleKind<"unpaired", TokenizedUnpaired> = {
  records: "unpaired",
  noun: "rated completions",
  tokenizeAll: tokenizeUnpaired,
  sequencesOf: ({ sequence }) => [sequence],
  groupOf: ({ groupId }) => groupId,
  verdictOf: ({ desirable }) => desirable,
  describe: (examples) => ({ desirable: examples.filter(({ desirable }) => desirable).length }),
};
