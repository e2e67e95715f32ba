import { findControlTokens } from "@/domain/control-tokens";
import { promptHash } from "@/domain/datasets/split";
import { CONTAINER_WORDS } from "@/domain/intake/containers/sniff";
import { Fault } from "@/domain/intake/fault";
import type { IntakeItem, IntakeRow } from "@/domain/intake/items";
import { isProblem, type Place, type ReadRow } from "@/domain/intake/place";
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
  /** What stands beside the prompt, where something does. */
  answer: ImportedAnswer | null;
  /** Of the text as written: what is one prompt. */
  hash: string;
  /** Of the normalised text: what decides the split. */
  normalizedHash: string;
}
export type HashedAnswer = { hash: string; answer: ImportedAnswer };

export interface ReadFile {
  /** How the file holds its rows, and which formats they are written in, with the number of rows of each. */
  container: string;
  formats: { name: string; rows: number }[];
  /** The keys that rows have, in the order of their first coming. */
  columns: string[];
  /** The good rows, each text once. */
  prompts: HashedPrompt[];
  /** The answers that stand beside them, each once. */
  answers: HashedAnswer[];
  /** Good rows, repeated ones included. */
  total: number;
  /** Prompts of good rows that repeat an earlier one. */
  duplicates: number;
  /** Answers that repeat an earlier one to the same prompt. */
  repeatedAnswers: number;
  /** Good rows of which nothing is taken because they say so themselves. */
  leftOut: Counted[];
  /** Keys with a value that are not read. */
  ignored: Counted[];
  ignoredFields: string[];
  /** Lines whose prompt or answer holds control tokens of chat templates. */
  controlTokenLines: number[];
  /** In the order of the lines. */
  issues: ImportIssue[];
}

/** So many rows have it, the first on this line. */
export interface Counted {
  name: string;
  count: number;
  line: number;
}

/** How the sentence begins that a row without any prompt gets. */
const NO_PROMPT = 'needs "prompt"';
const DEFAULT_TASK_TYPE = "general";
const MAX_MESSAGES = 200;
const MAX_TASK_TYPE = 100;
const MAX_NAMED = 50;

/** Gathers the rows of a file: prompts and answers, each once, and of everything else what became of it. */
export class RowCollector {
  private readonly prompts = new Map<string, HashedPrompt>();
  private readonly answers = new Map<string, HashedAnswer>();
  private readonly formats = new Map<string, number>();
  private readonly columns = new Set<string>();
  private readonly ignored = new Map<string, Counted>();
  private readonly leftOut = new Map<string, Counted>();
  private readonly controlTokenLines: number[] = [];
  private readonly issues: ImportIssue[] = [];
  private readonly said = new Set<string>();
  private rows = 0;
  private total = 0;
  private promptCount = 0;
  private answerCount = 0;

  constructor(private readonly mapping: Mapping = {}) {}

  add(row: ReadRow): void {
    if (isProblem(row)) {
      this.addIssue(row);
      return;
    }
    this.rows += 1;
    if (this.rows > MAX_ROWS) {
      if (this.rows === MAX_ROWS + 1)
        this.addIssue({ place: row.place, message: "the file has more than 100,000 rows" });
      return;
    }
    if (this.columns.size < MAX_NAMED) for (const name of Object.keys(row.fields)) this.columns.add(name);
    const read = readRow(row, this.mapping);
    if ("message" in read) this.addIssue(read);
    else if ("notLearned" in read) count(this.leftOut, "its weight is 0", row.place);
    else this.addRow(row.place, read);
  }

  addIssue({ place, field, message }: { place: Place; field?: string; message: string }): void {
    // What is wrong with the whole file is said once.
    if (place.line === 0 && this.said.has(message)) return;
    if (place.line === 0) this.said.add(message);
    this.issues.push({ ...place, ...(field !== undefined && { field }), message });
  }

  finish(container: string): ReadFile {
    const isEmpty = this.rows === 0 && this.issues.length === 0;
    if (isEmpty) this.addIssue({ place: { line: 0 }, message: "is empty" });
    const ignored = [...this.ignored.values()];
    if (container === CONTAINER_WORDS.csv) this.nameColumnsOnce();
    return {
      container,
      formats: [...this.formats].map(([name, rows]) => ({ name, rows })),
      columns: [...this.columns],
      prompts: [...this.prompts.values()],
      answers: [...this.answers.values()],
      total: this.total,
      duplicates: this.promptCount - this.prompts.size,
      repeatedAnswers: this.answerCount - this.answers.size,
      leftOut: [...this.leftOut.values()],
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
    const columns = [...this.columns].slice(0, 12).join(", ");
    const message = `the columns are ${columns}; none is called prompt, messages or instruction: say which column is which`;
    this.issues.splice(0, this.issues.length, { line: 1, message }, ...others);
  }

  private addRow(place: Place, { format, items, text, ignored }: IntakeRow): void {
    if (text !== null) {
      const message =
        "holds text for language modelling, which is no prompt; the command line trains on such files (auxiliaryDataset)";
      this.addIssue({ place: { line: 0 }, message });
      return;
    }
    let taken: Omit<HashedPrompt, "hash" | "normalizedHash">[];
    try {
      taken = items.filter(({ split }) => split !== "test").map((item) => ({ ...place, ...toPrompt(item) }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.addIssue({ place, ...(error.field !== null && { field: error.field }), message: error.message });
      return;
    }
    this.formats.set(format, (this.formats.get(format) ?? 0) + 1);
    for (const name of ignored) count(this.ignored, name, place);
    if (items.some(({ answer }) => answer !== null)) count(this.ignored, "answer", place);
    if (taken.length < items.length) count(this.leftOut, "kept for tests (split = test)", place);
    if (taken.length > 0) this.total += 1;
    const texts = items.flatMap(turnsOf).map(({ content }) => content);
    if (texts.some((content) => findControlTokens(content).length > 0)) this.controlTokenLines.push(place.line);
    for (const prompt of taken) this.addPrompt(prompt);
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

/** A prompt as a project keeps it. @throws Fault */
function toPrompt(item: IntakeItem): { taskType: string; messages: Message[]; answer: ImportedAnswer | null } {
  const messages = item.prompt.map(({ role, content }) => ({ role, content }));
  const field = "prompt";
  if (messages.length > MAX_MESSAGES) throw new Fault(field, `a prompt has at most ${MAX_MESSAGES} messages`);
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > MAX_PROMPT_CHARACTERS)
    throw new Fault(field, `a prompt has at most ${MAX_PROMPT_CHARACTERS} characters, this one ${length}`);
  if (messages.some(({ content }) => content.includes("\0"))) throw new Fault(field, "holds a NUL character");
  if (item.taskType !== null && item.taskType.length > MAX_TASK_TYPE)
    throw new Fault("taskType", `a task type has at most ${MAX_TASK_TYPE} characters`);
  return { taskType: item.taskType ?? DEFAULT_TASK_TYPE, messages, answer: toImportedAnswer(item.said) };
}

function count(into: Map<string, Counted>, name: string, { line }: Place): void {
  const entry = into.get(name);
  if (entry) entry.count += 1;
  else if (into.size < MAX_NAMED) into.set(name, { name, count: 1, line });
}
