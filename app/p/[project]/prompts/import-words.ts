import { plural } from "@/app/components/format";
import type { ImportPreview } from "@/server/prompts/import-row";

/** What the server found in a file. */
export type FoundFile = ImportPreview;
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
export const importedWords = ({ prompts, labels, tasks }: Pick<NewOfFile, "prompts" | "labels" | "tasks">): string =>
  joined(
    (prompts > 0 || labels + tasks === 0) && plural(prompts, "prompt"),
    labels > 0 && plural(labels, "label"),
    tasks > 0 && plural(tasks, "open task"),
  );

export const countAnswers = (answers: Answers): number => Object.values(answers).reduce((sum, count) => sum + count, 0);

/** The answers that the project does not have yet, by kind. */
export const newAnswers = ({ answers, knownAnswers }: FoundFile): Answers =>
  Object.fromEntries(
    Object.entries(answers).map(([kind, count]) => [kind, count - knownAnswers[kind as keyof Answers]]),
  ) as Answers;

export const newPrompts = ({ prompts, alreadyPresent }: FoundFile): number => prompts - alreadyPresent;

/** What an import of a file would add. */
export interface NewOfFile {
  prompts: number;
  labels: number;
  tasks: number;
  isAny: boolean;
}

/** @param isCurrent whether the findings are of the file and the mapping as they are now */
export function newOf(found: FoundFile | null, takeAnswers: boolean, isCurrent: boolean): NewOfFile {
  const prompts = found ? newPrompts(found) : 0;
  const answers = found && takeAnswers ? newAnswers(found) : null;
  const tasks = answers?.openTask ?? 0;
  const labels = answers ? countAnswers(answers) - tasks : 0;
  return { prompts, labels, tasks, isAny: isCurrent && prompts + labels + tasks > 0 };
}

/** "3 demonstrations, 1 thumb". */
export const answerWords = (answers: Answers): string =>
  (Object.keys(ANSWER_WORDS) as (keyof Answers)[])
    .filter((kind) => answers[kind] > 0)
    .map((kind) => plural(answers[kind], ANSWER_WORDS[kind]))
    .join(", ");

type Counted = FoundFile["ignored"][number];

/** "source (12 rows, the first: line 3)"; of a key that a single row has, only its place. */
export const countedWords = ({ name, count, ...place }: Counted): string => {
  const at = placeWords(place).replace(/^[LR]/, (letter) => letter.toLowerCase());
  return count === 1 ? `${name} (${at})` : `${name} (${plural(count, "row")}, the first: ${at})`;
};

/**
 * Says what becomes of the splits that a file names: "validation: 30 rows, 27 of them are in the project's train split". An
 * empty list where it names none.
 */
export function splitWords({ train, validation, test }: FoundFile["splits"]): string[] {
  const named = (name: string, other: string, { rows, moved }: FoundFile["splits"]["train"]) => {
    if (rows === 0) return [];
    const all = `${name}: ${plural(rows, "row")}`;
    if (moved === 0) return [`${all}, ${rows === 1 ? "which stays" : "all of which stay"} in it`];
    if (moved === rows) return [`${all}, ${rows === 1 ? "which becomes" : "all of which become"} ${other}`];
    return [
      `${all}, of which ${rows - moved} ${rows - moved === 1 ? "stays" : "stay"} and ${moved} ${moved === 1 ? "becomes" : "become"} ${other}`,
    ];
  };
  return [
    ...named("train", "validation", train),
    ...named("validation", "train", validation),
    ...(test > 0 ? [`test: ${plural(test, "row")}, left out`] : []),
  ];
}

/** Where a row stands: "Line 3", "Row 2 (line 1)" of a JSON array, or "The file". Elements count from 0 in the file. */
export function placeWords({ line, element }: { line?: number; element?: number }): string {
  if (element !== undefined) return line ? `Row ${element + 1} (line ${line})` : `Row ${element + 1}`;
  return line ? `Line ${line}` : "The file";
}
