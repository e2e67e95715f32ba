import { plural } from "@/app/components/format";
import type { Outputs } from "@/app/trpc-client";

/** What the server found in a file. */
export type FoundFile = Outputs["prompts"]["previewImport"];
type Answers = FoundFile["answers"];

const ANSWER_WORDS: Record<keyof Answers, string> = {
  demonstration: "demonstration",
  comparison: "comparison",
  unpaired: "thumb",
  rating: "rating",
  ranking: "ranking",
  openTask: "open task",
};

const joined = (...parts: (string | false)[]) => parts.filter(Boolean).join(" and ");

/** "3 prompts and 2 labels". */
export const importedWords = (prompts: number, labels: number): string =>
  joined((prompts > 0 || labels === 0) && plural(prompts, "prompt"), labels > 0 && plural(labels, "label"));

export const countAnswers = (answers: Answers): number => Object.values(answers).reduce((sum, count) => sum + count, 0);

/** "3 demonstrations, 1 thumb". */
export const answerWords = (answers: Answers): string =>
  (Object.keys(ANSWER_WORDS) as (keyof Answers)[])
    .filter((kind) => answers[kind] > 0)
    .map((kind) => plural(answers[kind], ANSWER_WORDS[kind]))
    .join(", ");

type Counted = FoundFile["ignored"][number];

/** "source (12 rows, first on line 3)"; of a key that a single row has, only the line. */
export const countedWords = ({ name, count, line }: Counted): string =>
  count === 1 ? `${name} (line ${line})` : `${name} (${plural(count, "row")}, the first on line ${line})`;

/** Where a row stands: "Line 3", "Row 2 (line 1)" of a JSON array, or "The file". Elements count from 0 in the file. */
export function placeWords({ line, element }: { line?: number; element?: number }): string {
  if (element !== undefined) return line ? `Row ${element + 1} (line ${line})` : `Row ${element + 1}`;
  return line ? `Line ${line}` : "The file";
}
