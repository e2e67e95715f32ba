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

/** What a method learns from: the records it reads and what it makes of them. */
export type ExampleKind<Kind extends RecordKind, Example> = {
  records: Kind;
  /** In the plural, for messages. */
  noun: string;
  tokenizeAll: (
    records: RecordsOf[Kind][],
    tokenize: TokenizeExample,
    maxLength: number,
    leftOut: LeftOutCounter,
    findTurns: FindTurns,
  ) => Example[];
  sequencesOf: (example: Example) => Sequence[];
  /** Examples that share a group stay in one batch. */
  groupOf: (example: Example) => string | null;
  /** What was said of an example, where it can contradict what was said of another one of the same text. */
  verdictOf?: (example: Example) => boolean;
  /** What the choice of defaults needs to know beside their number. */
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

/** The same with every turn of the assistant, not the last alone. */
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
