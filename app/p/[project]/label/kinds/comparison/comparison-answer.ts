import { z } from "zod";
import { type Comparison, type ComparisonStrength, comparisonStrengthSchema } from "@/domain/labels/comparison";

/** What the annotator has pressed so far. `left` and `right` are places on the page, not the task's order. */
export const comparisonAnswerSchema = z.object({
  verdict: z.enum(["left", "right", "tie", "both_bad"]).nullable(),
  strength: comparisonStrengthSchema.nullable(),
  note: z.string(),
});
export type ComparisonAnswer = z.infer<typeof comparisonAnswerSchema>;
export type Verdict = NonNullable<ComparisonAnswer["verdict"]>;

export const EMPTY_ANSWER: ComparisonAnswer = { verdict: null, strength: null, note: "" };

export const STRENGTHS: readonly ComparisonStrength[] = comparisonStrengthSchema.options;

/** The answer after a key, or null where the key means nothing here. */
export function answerAfterKey(answer: ComparisonAnswer, key: string): ComparisonAnswer | null {
  switch (key.toLowerCase()) {
    case "a":
    case "arrowleft":
      return chooseVerdict(answer, "left");
    case "b":
    case "arrowright":
      return chooseVerdict(answer, "right");
    case "e":
      return chooseVerdict(answer, "tie");
    case "x":
      return chooseVerdict(answer, "both_bad");
    case "1":
    case "2":
    case "3":
    case "4": {
      const strength = STRENGTHS[Number(key) - 1];
      return strength ? chooseStrength(answer, strength) : null;
    }
    default:
      return null;
  }
}

/** Changing sides keeps the strength: who presses A, 2, B means B by the same margin. */
export function chooseVerdict(answer: ComparisonAnswer, verdict: Verdict): ComparisonAnswer {
  const sided = verdict === "left" || verdict === "right";
  return { ...answer, verdict, strength: sided ? answer.strength : null };
}

/** A strength belongs to a side; without one it says nothing. */
export function chooseStrength(answer: ComparisonAnswer, strength: ComparisonStrength): ComparisonAnswer | null {
  return answer.verdict === "left" || answer.verdict === "right" ? { ...answer, strength } : null;
}

/** The label that the answer stands for, or null while something is missing. */
export function comparisonOf(answer: ComparisonAnswer, leftId: string, rightId: string): Comparison | null {
  if (answer.verdict === "tie" || answer.verdict === "both_bad") return { outcome: answer.verdict };
  if (answer.verdict === null || answer.strength === null) return null;
  const [chosenCompletionId, rejectedCompletionId] = answer.verdict === "left" ? [leftId, rightId] : [rightId, leftId];
  return { outcome: "chosen", chosenCompletionId, rejectedCompletionId, strength: answer.strength };
}

/** The answer that a given comparison stands for, with the sides as they stand on the page. */
export function draftOfComparison(
  comparison: Comparison,
  { shown, note }: { shown: readonly string[]; note: string | null },
): ComparisonAnswer {
  if (comparison.outcome !== "chosen") return { verdict: comparison.outcome, strength: null, note: note ?? "" };
  const verdict = shown.indexOf(comparison.chosenCompletionId) === 0 ? "left" : "right";
  return { verdict, strength: comparison.strength, note: note ?? "" };
}
