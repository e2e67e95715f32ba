import { findControlTokens } from "@/domain/control-tokens";
import { promptHash, splitOfHash } from "@/domain/datasets/split";
import { CONTAINER_WORDS } from "@/domain/intake/containers/sniff";
import { Fault } from "@/domain/intake/fault";
import type { FileTask } from "@/domain/intake/file-task";
import type { IntakeItem, IntakeRow } from "@/domain/intake/items";
import type { MappedRole } from "@/domain/intake/mapped-roles";
import { isProblem, type Place, type ReadRow, type RowProblem } from "@/domain/intake/place";
import { type Mapping, readRow, turnsOf } from "@/domain/intake/read-row";
import { MAX_PROMPT_CHARACTERS, type Message } from "@/domain/messages";
import { MAX_ROWS } from "./import-file";
import type { ImportIssue } from "./import-refused";
import { answerKey, type ImportedAnswer, toImportedAnswer } from "./imported-answer";
import { textHashOf } from "./prompt-identity";

export interface HashedPrompt {
  line: number;
  element?: number;
  taskType: string;
  messages: Message[];
  /** The answer that stands beside the prompt, where there is one. */
  answer: ImportedAnswer | null;
  /** The hash of the text as written, by which two prompts are one. */
  hash: string;
  /** The hash of the normalised text, which decides the split. */
  normalizedHash: string;
}
export type HashedAnswer = { hash: string; answer: ImportedAnswer };

export interface ReadFile {
  /**
   * The way in which the file holds its rows, and the formats that they are written in, with the number of rows of
   * each.
   */
  container: string;
  formats: { name: string; rows: number }[];
  /** The keys that rows have, in the order of their first coming, and as what they were read; null where they were not. */
  columns: { name: string; role: MappedRole | null }[];
  /** The prompts of the good rows, each text once. */
  prompts: HashedPrompt[];
  /** The answers that stand beside the prompts, each once. */
  answers: HashedAnswer[];
  /** The number of good rows, repeated ones included. */
  total: number;
  /** The number of prompts of good rows that repeat an earlier one. */
  duplicates: number;
  /** The number of answers that repeat an earlier one to the same prompt. */
  repeatedAnswers: number;
  /** The number of good rows that say of themselves that nothing of them is taken. */
  leftOut: Counted[];
  /** The keys with a value that are not read. */
  ignored: Counted[];
  ignoredFields: string[];
  /** The lines whose prompt or answer holds control tokens of chat templates. */
  controlTokenLines: number[];
  /** Rows that name another split than the prompt's text gives, which holds. */
  otherSplits: number;
  /** Whether the good rows can be taken without the others: there are some, and the file is not too large as a whole. */
  canLeaveOut: boolean;
  /** In the order of the lines; what many rows have alike, as a file of another tool, is said once. */
  issues: ImportIssue[];
  /** The rows with a fault, one by one: what stays out where the good rows are taken. */
  badRows: ImportIssue[];
}

/** The number of rows with this remark, and the line of the first. */
export interface Counted {
  name: string;
  count: number;
  line: number;
}

/** The beginning of the sentence about a row without any prompt. */
const NO_PROMPT = 'needs "prompt"';
const DEFAULT_TASK_TYPE = "general";
const MAX_MESSAGES = 200;
const MAX_TASK_TYPE = 100;
const MAX_NAMED = 50;

/** Gathers the rows of a file: prompts and answers, each once, and for everything else what became of it. */
export class RowCollector {
  private readonly prompts = new Map<string, HashedPrompt>();
  private readonly answers = new Map<string, HashedAnswer>();
  private readonly formats = new Map<string, number>();
  private readonly columns = new Map<string, MappedRole | null>();
  private readonly ignored = new Map<string, Counted>();
  private readonly leftOut = new Map<string, Counted>();
  private readonly controlTokenLines: number[] = [];
  private readonly issues: ImportIssue[] = [];
  private readonly said = new Set<string>();
  private firstOver: Place | null = null;
  private rows = 0;
  private isTooLarge = false;
  private readonly badRows: ImportIssue[] = [];
  private otherSplits = 0;
  private total = 0;
  private promptCount = 0;
  private answerCount = 0;

  constructor(private readonly mapping: Mapping = {}) {}

  add(row: ReadRow): void {
    if (isProblem(row)) {
      this.refuse(row);
      return;
    }
    this.rows += 1;
    if (this.rows > MAX_ROWS) {
      this.firstOver ??= row.place;
      return;
    }
    for (const name of Object.keys(row.fields))
      if (this.columns.size < MAX_NAMED && !this.columns.has(name)) this.columns.set(name, null);
    const read = readRow(row, this.mapping);
    if ("message" in read) this.refuse(read, row.place);
    else if ("notLearned" in read) count(this.leftOut, "its weight is 0", row.place);
    else this.addRow(row.place, read);
  }

  /** The file as a whole can't be taken. */
  refuseFile(problem: RowProblem): void {
    this.isTooLarge = true;
    this.addIssue(problem);
  }

  /** @param place of the row, where the problem is one of the whole file */
  private refuse(problem: RowProblem, place: Place = problem.place): void {
    this.badRows.push(toIssue({ ...problem, place }));
    this.addIssue(problem);
  }

  private addIssue(problem: RowProblem): void {
    // A fault of the whole file is said once.
    const isWhole = problem.place.line === 0;
    if (isWhole && this.said.has(problem.message)) return;
    if (isWhole) this.said.add(problem.message);
    this.issues.push(toIssue(problem));
  }

  finish(container: string): ReadFile {
    if (this.firstOver !== null) {
      const over = this.rows - MAX_ROWS;
      this.refuseFile({
        place: this.firstOver,
        message: `the file has more than 100,000 rows, ${over} of them from here on; split it into several`,
      });
    }
    const isEmpty = this.rows === 0 && this.issues.length === 0;
    if (isEmpty) this.addIssue({ place: { line: 0 }, message: "is empty" });
    const ignored = [...this.ignored.values()];
    if (container === CONTAINER_WORDS.csv) this.nameColumnsOnce();
    return {
      container,
      formats: [...this.formats].map(([name, rows]) => ({ name, rows })),
      columns: [...this.columns].map(([name, role]) => ({ name, role })),
      prompts: [...this.prompts.values()],
      answers: [...this.answers.values()],
      total: this.total,
      duplicates: this.promptCount - this.prompts.size,
      repeatedAnswers: this.answerCount - this.answers.size,
      leftOut: [...this.leftOut.values()],
      otherSplits: this.otherSplits,
      canLeaveOut: this.total > 0 && !this.isTooLarge,
      badRows: this.badRows,
      ignored,
      controlTokenLines: this.controlTokenLines,
      ignoredFields: ignored.slice(0, MAX_NAMED).map(({ name }) => name),
      issues: this.issues.sort((a, b) => a.line - b.line || (a.element ?? 0) - (b.element ?? 0)),
    };
  }

  /** A table whose columns say nothing has that fault once, in its header. */
  private nameColumnsOnce(): void {
    const others = this.issues.filter(({ message }) => !message.startsWith(NO_PROMPT));
    if (others.length === this.issues.length) return;
    const columns = [...this.columns.keys()].slice(0, 12).join(", ");
    const message = `the columns are ${columns}, and none is called prompt, messages or instruction; choose what each column holds`;
    this.issues.splice(0, this.issues.length, { line: 1, message }, ...others);
  }

  private addRow(place: Place, { format, mapping, items, task, text, ignored }: IntakeRow): void {
    if (text !== null) {
      const message =
        "holds text for language modelling, which is not a prompt; only the command line trains on such files (auxiliaryDataset)";
      this.refuse({ place: { line: 0 }, message }, place);
      return;
    }
    let taken: Omit<HashedPrompt, "hash" | "normalizedHash">[];
    try {
      // A row of Tuneloop's own files is one task, however many records its label makes.
      const wanted = task === null ? items : items.slice(0, 1);
      taken = wanted.filter(({ split }) => split !== "test").map((item) => ({ ...place, ...toPrompt(item, task) }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.refuse({ place, ...(error.field !== null && { field: error.field }), message: error.message });
      return;
    }
    for (const [name, role] of mapping) this.nameRole(name, role);
    this.formats.set(format, (this.formats.get(format) ?? 0) + 1);
    for (const name of ignored) count(this.ignored, name, place);
    if (items.some(({ answer }) => answer !== null)) count(this.ignored, "answer", place);
    if (items.some(({ split }) => split === "test")) count(this.leftOut, "kept for tests (split = test)", place);
    if (taken.length > 0) this.total += 1;
    const named = items[0]?.split ?? null;
    if (named !== null && taken.some(({ messages }) => splitOfHash(promptHash(messages)) !== named))
      this.otherSplits += 1;
    const texts = items.flatMap(turnsOf).map(({ content }) => content);
    if (texts.some((content) => findControlTokens(content).length > 0)) this.controlTokenLines.push(place.line);
    for (const prompt of taken) this.addPrompt(prompt);
  }

  /** A column that a person gave a role to stands under its own name. */
  private nameRole(name: string, role: MappedRole): void {
    const column = Object.entries(this.mapping).find(([, given]) => given === name)?.[0] ?? name;
    if (this.columns.has(column)) this.columns.set(column, role);
  }

  private addPrompt(prompt: Omit<HashedPrompt, "hash" | "normalizedHash">): void {
    const hash = textHashOf(prompt.messages);
    this.promptCount += 1;
    if (!this.prompts.has(hash))
      this.prompts.set(hash, { ...prompt, hash, normalizedHash: promptHash(prompt.messages) });
    const { answer } = prompt;
    if (!answer) return;
    this.answerCount += 1;
    const key = answerKey(hash, answer);
    if (!this.answers.has(key)) this.answers.set(key, { hash, answer });
  }
}

/**
 * Makes a prompt as a project keeps it.
 * @throws Fault
 */
function toPrompt(
  item: IntakeItem,
  task: FileTask | null,
): { taskType: string; messages: Message[]; answer: ImportedAnswer | null } {
  const messages = (task?.prompt ?? item.prompt).map(({ role, content }) => ({ role, content }));
  const field = "prompt";
  if (messages.length > MAX_MESSAGES) throw new Fault(field, `a prompt has at most ${MAX_MESSAGES} messages`);
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > MAX_PROMPT_CHARACTERS)
    throw new Fault(field, `a prompt has at most ${MAX_PROMPT_CHARACTERS} characters, this one ${length}`);
  if (messages.some(({ content }) => content.includes("\0"))) throw new Fault(field, "holds a NUL character");
  if (item.taskType !== null && item.taskType.length > MAX_TASK_TYPE)
    throw new Fault("taskType", `a task type has at most ${MAX_TASK_TYPE} characters`);
  return {
    taskType: item.taskType ?? DEFAULT_TASK_TYPE,
    messages,
    answer: task === null ? toImportedAnswer(item) : { kind: "own", task },
  };
}

const toIssue = ({ place, field, message }: RowProblem): ImportIssue => ({
  ...place,
  ...(field !== undefined && { field }),
  message,
});

function count(into: Map<string, Counted>, name: string, { line }: Place): void {
  const key = into.has(name) || into.size < MAX_NAMED ? name : "further ones";
  const entry = into.get(key);
  if (entry) entry.count += 1;
  else into.set(key, { name: key, count: 1, line });
}
