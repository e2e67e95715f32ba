import { findControlTokens } from "@/domain/control-tokens";
import { Fault } from "@/domain/intake/fault";
import type { FileTask } from "@/domain/intake/file-task";
import type { IntakeItem, IntakeRow, Split } from "@/domain/intake/items";
import type { MappedRole } from "@/domain/intake/mapped-roles";
import { isProblem, type Place, type ReadRow, type RowProblem } from "@/domain/intake/place";
import { type Mapping, readRow, turnsOf } from "@/domain/intake/read-row";
import { MAX_PROMPT_CHARACTERS, type Message } from "@/domain/messages";
import { textFault } from "@/domain/storable-text";
import type { ImportIssue } from "./import-refused";
import { type ImportedAnswer, toImportedAnswer } from "./imported-answer";
import { textHashOf } from "./prompt-identity";

/** A prompt that a row brings, with the answer beside it. */
export interface TakenPrompt {
  taskType: string;
  messages: Message[];
  answer: ImportedAnswer | null;
  /** The hash of the text as written, by which two prompts are one. */
  hash: string;
}

/** What an import makes of a row. */
export type TakenRow =
  /** Nothing is taken because of a fault; `place` is the row's, while the problem may be one of the whole file. */
  | { kind: "fault"; place: Place; problem: RowProblem }
  /** The row says of itself that nothing of it is learned. */
  | { kind: "notLearned"; place: Place }
  | {
      kind: "taken";
      place: Place;
      format: string;
      mapping: [field: string, role: MappedRole][];
      /** The keys with a value that are not read. */
      ignored: string[];
      /** The split that the row names. A row of the split `test` has no prompts here. */
      split: Split | null;
      /** Whether the row has a reference answer, which a computed reward may compare with. */
      hasReference: boolean;
      hasControlTokens: boolean;
      prompts: TakenPrompt[];
    };

const DEFAULT_TASK_TYPE = "general";
const MAX_MESSAGES = 200;
const MAX_TASK_TYPE = 100;

/** Makes of a row what an import takes of it. The look at a file and the import of it both go by this function. */
export function takeRow(row: ReadRow, mapping: Mapping): TakenRow {
  const { place } = row;
  if (isProblem(row)) return { kind: "fault", place, problem: row };
  const read = readRow(row, mapping);
  if ("message" in read) return { kind: "fault", place, problem: read };
  if ("notLearned" in read) return { kind: "notLearned", place };
  return takeRead(place, read);
}

function takeRead(place: Place, { format, mapping, items, task, text, ignored }: IntakeRow): TakenRow {
  if (text !== null) {
    const message =
      "holds text for language modelling, which is not a prompt; only the command line trains on such files (auxiliaryDataset)";
    return { kind: "fault", place, problem: { place: { line: 0 }, message } };
  }
  let prompts: TakenPrompt[];
  try {
    // A row of Tuneloop's own files is one task, however many records its label makes.
    const wanted = task === null ? items : items.slice(0, 1);
    prompts = wanted.filter(({ split }) => split !== "test").map((item) => toPrompt(item, task));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const field = error.field === null ? {} : { field: error.field };
    return { kind: "fault", place, problem: { place, ...field, message: error.message } };
  }
  const texts = items.flatMap(turnsOf).map(({ content }) => content);
  return {
    kind: "taken",
    ...{ place, format, mapping, ignored, prompts },
    split: items[0]?.split ?? null,
    hasReference: items.some(({ answer }) => answer !== null),
    hasControlTokens: texts.some((content) => findControlTokens(content).length > 0),
  };
}

/**
 * Makes a prompt as a project keeps it.
 * @throws Fault
 */
function toPrompt(item: IntakeItem, task: FileTask | null): TakenPrompt {
  const messages = (task?.prompt ?? item.prompt).map(({ role, content }) => ({ role, content }));
  const field = "prompt";
  if (messages.length > MAX_MESSAGES) throw new Fault(field, `a prompt has at most ${MAX_MESSAGES} messages`);
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > MAX_PROMPT_CHARACTERS)
    throw new Fault(field, `a prompt has at most ${MAX_PROMPT_CHARACTERS} characters, this one ${length}`);
  for (const { content } of messages) {
    const fault = textFault(content);
    if (fault) throw new Fault(field, fault);
  }
  if (item.taskType !== null && item.taskType.length > MAX_TASK_TYPE)
    throw new Fault("taskType", `a task type has at most ${MAX_TASK_TYPE} characters`);
  const taskType = item.taskType ?? DEFAULT_TASK_TYPE;
  return {
    taskType,
    messages,
    answer: task === null ? toImportedAnswer(item) : { kind: "own", task },
    hash: textHashOf(messages),
  };
}

export const toIssue = ({ place, field, message }: RowProblem): ImportIssue => ({
  ...place,
  ...(field !== undefined && { field }),
  message,
});
