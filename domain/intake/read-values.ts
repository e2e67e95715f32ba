import { type ComparisonStrength, comparisonStrengthSchema } from "../labels/comparison";
import { Fault } from "./fault";
import type { Split } from "./items";
import { type Cell, hasValue } from "./row-fields";

// pandas writes true as 1.0 where a column has an empty cell.
const TRUE_WORDS = new Set([
  "true",
  "1",
  "1.0",
  "yes",
  "up",
  "thumbs_up",
  "good",
  "desirable",
  "like",
  "positive",
  "👍",
]);
const FALSE_WORDS = new Set([
  "false",
  "0",
  "0.0",
  "-1",
  "no",
  "down",
  "thumbs_down",
  "bad",
  "undesirable",
  "dislike",
  "negative",
  "👎",
]);

/** Reads a word that means yes or no of an answer; null for any other value. */
export function verdictOf(value: unknown): boolean | null {
  if (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "string") return null;
  const word = String(value)
    .trim()
    .toLowerCase()
    .replace(/[\s-]+(?=\D)/g, "_");
  return TRUE_WORDS.has(word) ? true : FALSE_WORDS.has(word) ? false : null;
}

/** Reads whether a completion is desirable; null where the cell has no value. */
export function readVerdict({ field, value }: Cell): boolean | null {
  if (!hasValue(value)) return null;
  const verdict = verdictOf(value);
  if (verdict !== null) return verdict;
  throw new Fault(
    field,
    `is ${JSON.stringify(value)}; beside an answer it must be true or false (or 1 or 0). If the column means something else, leave it out`,
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
    `must be a number of at least 0${margin < 0 ? "; a negative margin would swap the pair" : ""}`,
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

const SPLITS: Record<string, Split> = {
  ...{ train: "train", validation: "validation", test: "test" },
  ...{ val: "validation", valid: "validation", dev: "validation" },
};

/** Reads the split that the file names; null where the file means something else by the word. */
export function readSplit(value: unknown): Split | null {
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  return Object.hasOwn(SPLITS, word) ? (SPLITS[word] ?? null) : null;
}
