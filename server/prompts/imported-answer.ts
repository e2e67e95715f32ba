import { Fault } from "@/domain/intake/fault";
import type { FileKind, FileTask } from "@/domain/intake/file-task";
import type { IntakeItem, Said } from "@/domain/intake/items";
import { isFinished, type Turn } from "@/domain/intake/turns";
import { type ComparisonStrength, STRENGTH_MARGIN } from "@/domain/labels/comparison";
import { MAX_RANKED_COMPLETIONS } from "@/domain/labels/ranking";
import { textFault } from "@/domain/storable-text";

/** An answer that stands beside a prompt in the file: it becomes a label of this kind. */
export type ImportedAnswer = (
  | { kind: "demonstration"; content: string }
  /** A preference; `margin` as the file names it, or null where it follows from the strength. */
  | { kind: "comparison"; chosen: string; rejected: string; strength: ComparisonStrength; margin: number | null }
  /**
   * A thumb, kept as a rating of 5 or 1, from which a dataset version makes a desirable or an undesirable completion.
   */
  | { kind: "unpaired"; content: string; desirable: boolean }
  | { kind: "rating"; completions: { content: string; scores: { criterion: string; score: number }[] }[] }
  | { kind: "ranking"; completions: { content: string; rank: number }[] }
  /** A task of one of Tuneloop's own files, with the label that the row gives it or, where it is open, without one. */
  | { kind: "own"; task: FileTask }
) & {
  /** The group that the file gives to a pair or a thumb. */
  groupId?: string;
  /** The texts that the token limit cut, as places in the order of `textsOf`; absent where it cut none. */
  cut?: number[];
};

/** What an answer is counted as: a thumb is `unpaired`, a row that asks for labels and has none is an open task. */
export type ImportedKind = FileKind | "unpaired" | "openTask";

/** A count of answers by kind, of none so far. */
export const noAnswers = (): Record<ImportedKind, number> => ({
  demonstration: 0,
  comparison: 0,
  unpaired: 0,
  rating: 0,
  ranking: 0,
  openTask: 0,
});

export function importedKindOf(answer: ImportedAnswer): ImportedKind {
  if (answer.kind !== "own") return answer.kind;
  return answer.task.label ? answer.task.kind : "openTask";
}

/** An answer of a file of another tool, which names no task. */
export type SaidAnswer = Exclude<ImportedAnswer, { kind: "own" }>;

const MAX_ANSWER_CHARACTERS = 100_000;
/** The strength of a pair whose file does not say how much better chosen is: better beyond doubt. */
const UNSAID_STRENGTH: ComparisonStrength = "clearly";
const STRENGTHS = Object.keys(STRENGTH_MARGIN) as ComparisonStrength[];

/**
 * Makes of what is said beside a prompt an answer that a label can keep; null where nothing is said.
 *
 * @throws Fault where a label can't hold it
 */
export function toImportedAnswer({ said, groupId }: Pick<IntakeItem, "said" | "groupId">): ImportedAnswer | null {
  const answer = answerOf(said);
  if (!answer) return null;
  const cut = completionsOf(said).flatMap((turns, index) => (isFinished(turns) ? [] : [index]));
  return { ...answer, ...(cut.length > 0 && { cut }), ...(groupId !== null && { groupId }) };
}

/** Lists the completions in the order of `textsOf`. */
function completionsOf(said: Said): Turn[][] {
  switch (said.kind) {
    case "prompt":
      return [];
    case "demonstration":
    case "unpaired":
      return [said.completion];
    case "comparison":
      return [said.chosen, said.rejected];
    case "rating":
    case "ranking":
      return said.completions.map(({ turns }) => turns);
  }
}

function answerOf(said: Said): ImportedAnswer | null {
  switch (said.kind) {
    case "prompt":
      return null;
    case "demonstration":
      return { kind: "demonstration", content: textOf("completion", said.completion) };
    case "unpaired":
      return { kind: "unpaired", content: textOf("completion", said.completion), desirable: said.desirable };
    case "comparison":
      return toComparison(said);
    case "rating":
      return {
        kind: "rating",
        completions: distinct(
          said.completions.map(({ turns, scores }) => ({ content: textOf("completions", turns), scores })),
        ),
      };
    case "ranking":
      if (said.completions.length > MAX_RANKED_COMPLETIONS)
        throw new Fault(
          "completions",
          `a ranking orders at most ${MAX_RANKED_COMPLETIONS} completions, this one ${said.completions.length}`,
        );
      return {
        kind: "ranking",
        completions: distinct(
          said.completions.map(({ turns, rank }) => ({ content: textOf("completions", turns), rank })),
        ),
      };
  }
}

function toComparison(said: Extract<Said, { kind: "comparison" }>): ImportedAnswer {
  const [chosen, rejected] = [textOf("chosen", said.chosen), textOf("rejected", said.rejected)];
  if (chosen === rejected) throw new Fault("rejected", 'is the same text as "chosen"');
  const { margin } = said;
  if (margin !== null && margin > 1) throw new Fault("margin", "must be a number from 0 to 1");
  const strength = said.strength ?? (margin === null ? UNSAID_STRENGTH : nearest(margin));
  const isNamed = margin === null || said.strength !== null || margin === STRENGTH_MARGIN[strength];
  return { kind: "comparison", chosen, rejected, strength, margin: isNamed ? null : margin };
}

function nearest(margin: number): ComparisonStrength {
  const distance = (strength: ComparisonStrength) => Math.abs(STRENGTH_MARGIN[strength] - margin);
  return STRENGTHS.toSorted((a, b) => distance(a) - distance(b))[0] as ComparisonStrength;
}

/** Reads the text of an answer: one turn of the assistant. */
function textOf(field: string, turns: readonly Turn[]): string {
  const [turn, second] = turns;
  if (!turn || second)
    throw new Fault(
      field,
      `has ${turns.length} turns, but an answer is one turn; put the turns before the last one into the prompt`,
    );
  if (turn.content.trim() === "") throw new Fault(field, "is empty");
  const fault = textFault(turn.content);
  if (fault) throw new Fault(field, fault);
  if (turn.content.length > MAX_ANSWER_CHARACTERS)
    throw new Fault(field, `has ${turn.content.length} characters; an answer has at most ${MAX_ANSWER_CHARACTERS}`);
  if (turn.learned === false)
    throw new Fault(`${field}.weight`, "is 0, so nothing of the answer is learned; leave the record out");
  return turn.content;
}

function distinct<T extends { content: string }>(completions: T[]): T[] {
  if (new Set(completions.map(({ content }) => content)).size === completions.length) return completions;
  throw new Fault("completions", "two completions are the same text");
}

export const textsOf = (answer: SaidAnswer): string[] => {
  switch (answer.kind) {
    case "demonstration":
    case "unpaired":
      return [answer.content];
    case "comparison":
      return [answer.chosen, answer.rejected];
    case "rating":
    case "ranking":
      return answer.completions.map(({ content }) => content);
  }
};

/**
 * Makes the key by which two answers count as the same; another strength does not make another answer. A label of
 * Tuneloop's own files is told apart by its id, since two people may say the same of a task.
 */
export function answerKey(prompt: string, answer: ImportedAnswer): string {
  if (answer.kind !== "own") return JSON.stringify([prompt, answer.kind, ...textsOf(answer), ...verdictsOf(answer)]);
  const { kind, id, label, completions } = answer.task;
  if (label?.id) return JSON.stringify(["label", label.id]);
  return JSON.stringify([prompt, "task", kind, id ?? completions.map(({ content }) => content)]);
}

function verdictsOf(answer: SaidAnswer): unknown[] {
  if (answer.kind === "unpaired") return [answer.desirable];
  if (answer.kind === "ranking") return answer.completions.map(({ rank }) => rank);
  if (answer.kind === "rating")
    return answer.completions.map(({ scores }) => scores.map(({ criterion, score }) => [criterion, score]));
  return [];
}
