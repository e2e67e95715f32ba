import { type ComparisonStrength, comparisonStrengthSchema } from "../labels/comparison";
import { Fault } from "./fault";
import type { Split } from "./items";
import { type Cell, hasValue } from "./row-fields";

const TRUE_WORDS = new Set(["true", "1", "yes", "up", "thumbs_up", "good", "desirable", "like", "👍"]);
const FALSE_WORDS = new Set(["false", "0", "-1", "no", "down", "thumbs_down", "bad", "undesirable", "dislike", "👎"]);

/** Reads whether a completion is desirable; null where the cell has no value. */
export function readVerdict({ field, value }: Cell): boolean | null {
  if (!hasValue(value)) return null;
  const word = String(typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : "")
    .trim()
    .toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  throw new Fault(
    field,
    `is ${JSON.stringify(value)}; beside an answer it must be true or false (or 1 or 0). Where it means something else, leave the column out`,
  );
}

const numberOf = (value: unknown): number =>
  typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;

/** Reads by how much the chosen completion is better, 0 or more; null where the row does not say. */
export function readMargin({ field, value }: Cell): number | null {
  if (!hasValue(value)) return null;
  const margin = numberOf(value);
  if (Number.isFinite(margin) && margin >= 0) return margin;
  throw new Fault(
    field,
    `must be a number of at least 0${margin < 0 ? ": a negative one would turn the pair round" : ""}`,
  );
}

export function readStrength({ field, value }: Cell): ComparisonStrength | null {
  if (!hasValue(value)) return null;
  const strength = comparisonStrengthSchema.safeParse(value);
  if (strength.success) return strength.data;
  throw new Fault(field, `must be one of ${comparisonStrengthSchema.options.join(", ")}`);
}

/** Reads a score from 1 to 5; null where there is none (`N/A`). A score of another scale is no rating of this one. */
export function readScore({ field, value }: Cell): number | null {
  if (!hasValue(value) || value === "N/A") return null;
  const score = numberOf(value);
  if (Number.isFinite(score) && score >= 1 && score <= 5) return score;
  throw new Fault(field, `is ${JSON.stringify(value)}; a rating is a number from 1 to 5`);
}

/** Reads the split that the file names; null where the file means something else by the word. */
export function readSplit(value: unknown): Split | null {
  if (value === "train" || value === "validation" || value === "test") return value;
  return null;
}
