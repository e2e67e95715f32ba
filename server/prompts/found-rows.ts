import { promptHash, splitOfHash } from "@/domain/datasets/split";
import { CONTAINER_WORDS, type Container } from "@/domain/intake/containers/sniff";
import type { MappedRole } from "@/domain/intake/mapped-roles";
import { isProblem, isWholeFile, type Place, type ReadRow, type RowProblem } from "@/domain/intake/place";
import type { Mapping } from "@/domain/intake/read-row";
import type { Message } from "@/domain/messages";
import { CompactHashSet } from "./compact-hash-set";
import { MAX_ISSUES, MAX_ROWS } from "./import-limits";
import type { ImportIssue } from "./import-refused";
import { answerKey, type ImportedAnswer, type ImportedKind, importedKindOf, noAnswers } from "./imported-answer";
import { type TakenPrompt, type TakenRow, takeRow, toIssue } from "./taken-row";

/** The number of rows with this remark, and the place of the first. */
export interface Counted {
  name: string;
  count: number;
  line: number;
  element?: number;
}

/** A prompt as the preview shows it. */
export interface ShownPrompt extends Omit<TakenPrompt, "messages" | "answer"> {
  line: number;
  element?: number;
  messages: Message[];
  /** The answer that stands beside the prompt, where there is one. */
  answer: ImportedAnswer | null;
}

/** How many rows name a split, and how many of these the project gives another one. */
export interface NamedSplit {
  rows: number;
  moved: number;
}

/** What an import of a file would do, as far as the file alone tells. */
export interface FoundRows {
  /** The way in which the file holds its rows, and the formats that they are written in, with the number of rows of each. */
  container: string;
  formats: { name: string; rows: number }[];
  /**
   * The keys that rows have, in the order of their first coming; the role that a key plays, null where it plays none that
   * a person could give; and whether anything reads it.
   */
  columns: { name: string; role: MappedRole | null; isRead: boolean }[];
  /** The first 20 prompts. */
  rows: ShownPrompt[];
  /** The number of good rows, repeated ones included. */
  total: number;
  /** The number of different prompts; a row may bring several, and several rows one. */
  prompts: number;
  /** The number of prompts that say the same as an earlier one of the file. */
  duplicates: number;
  /** The different answers beside the prompts, by kind. */
  answers: Record<ImportedKind, number>;
  /** The number of answers that repeat an earlier one to the same prompt. */
  repeatedAnswers: number;
  /**
   * The number of pairs with a margin that none of the four strengths has: the margin is kept, the strength is the
   * nearest.
   */
  keptMargins: number;
  /** The number of good rows that say of themselves that nothing of them is taken. */
  leftOut: Counted[];
  /** The keys with a value that are not read. */
  ignored: Counted[];
  /** The rows that hold control tokens of chat templates, and the places of the first. */
  controlTokens: { rows: number; places: Place[] };
  /** The rows that name a split. The prompt's text decides its split for ever, so some of them lie in the other one. */
  splits: { train: NamedSplit; validation: NamedSplit; test: number };
  /** The rows with a reference answer (`answer`), which is not kept. */
  references: number;
  /** Whether the good rows can be taken without the others: there are some, and the file is not too large as a whole. */
  canLeaveOut: boolean;
  /** The number of rows with a fault: what stays out where the good rows are taken. */
  badRows: number;
  /** The faults in the order of the file, at most 200; what many rows have alike is said once. */
  issues: ImportIssue[];
  issueCount: number;
}

/** An answer and the hash of the prompt that it belongs to. */
export type HashedAnswer = { hash: string; answer: ImportedAnswer };

/** What a row brings that the file had not had before: the hashes of its prompts, and its answers. */
export interface NewInFile {
  hashes: readonly string[];
  answers: readonly HashedAnswer[];
}

const NOTHING_NEW: NewInFile = { hashes: [], answers: [] };
/** The beginning of the sentence about a row without any prompt. */
const NO_PROMPT = 'needs "prompt"';
const MAX_NAMED = 50;
const SHOWN_ROWS = 20;
/** A preview shows the beginning of a text, and keeps little more. */
const SHOWN_CHARACTERS = 400;

/**
 * Gathers what the rows of a file become, in memory that does not grow with the texts: of every prompt and answer it keeps
 * a hash of 16 bytes.
 */
export class RowFinder {
  /** The number of rows that were read, good or not. */
  rowsRead = 0;
  private readonly prompts = new CompactHashSet();
  private readonly answerKeys = new CompactHashSet();
  private readonly formats = new Map<string, number>();
  private readonly columns = new Map<string, MappedRole | null>();
  private readonly ignored = new Map<string, Counted>();
  private readonly leftOut = new Map<string, Counted>();
  private readonly controlTokens = { rows: 0, places: [] as Place[] };
  private readonly splits = { train: { rows: 0, moved: 0 }, validation: { rows: 0, moved: 0 }, test: 0 };
  private readonly counts = noAnswers();
  private readonly shown: ShownPrompt[] = [];
  private readonly faults = new IssueList();
  private readonly withoutPrompt = new IssueList();
  private firstOver: Place | null = null;
  private isTooLarge = false;
  private badRows = 0;
  private total = 0;
  private promptCount = 0;
  private answerCount = 0;
  private keptMargins = 0;
  private references = 0;

  constructor(
    private readonly mapping: Mapping,
    private readonly maxRows = MAX_ROWS,
  ) {}

  /** @returns what the row brings that the file had not had before */
  add(row: ReadRow): NewInFile {
    if (!isProblem(row)) {
      this.rowsRead += 1;
      if (this.rowsRead > this.maxRows) {
        this.firstOver ??= row.place;
        return NOTHING_NEW;
      }
      for (const name of Object.keys(row.fields))
        if (this.columns.size < MAX_NAMED && !this.columns.has(name)) this.columns.set(name, null);
    }
    const taken = takeRow(row, this.mapping);
    if (taken.kind === "taken") return this.addTaken(taken);
    if (taken.kind === "notLearned") count(this.leftOut, "its weight is 0", taken.place);
    else {
      this.badRows += 1;
      this.addIssue(taken.problem);
    }
    return NOTHING_NEW;
  }

  finish(container: Container | null): FoundRows {
    if (this.firstOver !== null) {
      const over = this.rowsRead - this.maxRows;
      this.isTooLarge = true;
      this.addIssue({
        place: this.firstOver,
        message: `the file has more than ${this.maxRows.toLocaleString("en")} rows, ${over} of them from here on; split it into several`,
      });
    }
    if (this.rowsRead === 0 && this.faults.count + this.withoutPrompt.count === 0)
      this.addIssue({ place: { line: 0 }, message: "is empty" });
    if (container === "csv") this.nameColumnsOnce();
    return {
      container: container === null ? "file" : CONTAINER_WORDS[container],
      formats: [...this.formats].map(([name, rows]) => ({ name, rows })),
      columns: [...this.columns].map(([name, role]) => {
        return { name, role, isRead: role !== null || (this.total > 0 && !this.ignored.has(name)) };
      }),
      rows: this.shown,
      total: this.total,
      prompts: this.prompts.size,
      duplicates: this.promptCount - this.prompts.size,
      answers: this.counts,
      repeatedAnswers: this.answerCount - this.answerKeys.size,
      keptMargins: this.keptMargins,
      leftOut: [...this.leftOut.values()],
      ignored: [...this.ignored.values()],
      controlTokens: this.controlTokens,
      splits: this.splits,
      references: this.references,
      canLeaveOut: this.total > 0 && !this.isTooLarge,
      badRows: this.badRows,
      issues: inOrder([...this.faults.first, ...this.withoutPrompt.first]).slice(0, MAX_ISSUES),
      issueCount: this.faults.count + this.withoutPrompt.count,
    };
  }

  private addIssue(problem: RowProblem): void {
    const list = problem.message.startsWith(NO_PROMPT) ? this.withoutPrompt : this.faults;
    list.add(problem);
  }

  /** A table whose columns say nothing has that fault once, in its header. */
  private nameColumnsOnce(): void {
    if (this.withoutPrompt.count === 0) return;
    const columns = [...this.columns.keys()].slice(0, 12).join(", ");
    const message = `the columns are ${columns}, and none is called prompt, messages or instruction; choose what each column holds`;
    this.withoutPrompt.replace({ line: 1, message });
  }

  private addTaken(row: Extract<TakenRow, { kind: "taken" }>): NewInFile {
    const { place, prompts } = row;
    for (const [name, role] of row.mapping) this.nameRole(name, role);
    this.formats.set(row.format, (this.formats.get(row.format) ?? 0) + 1);
    for (const name of row.ignored) count(this.ignored, name, place);
    if (row.hasReference) this.references += 1;
    if (row.split === "test") {
      count(this.leftOut, "kept for tests (split = test)", place);
      this.splits.test += 1;
    }
    if (prompts.length > 0) this.total += 1;
    if (row.split === "train" || row.split === "validation") {
      const split = this.splits[row.split];
      split.rows += 1;
      if (prompts.some(({ messages }) => splitOfHash(promptHash(messages)) !== row.split)) split.moved += 1;
    }
    if (row.hasControlTokens) {
      this.controlTokens.rows += 1;
      if (this.controlTokens.places.length < SHOWN_ROWS) this.controlTokens.places.push(place);
    }
    const fresh: { hashes: string[]; answers: HashedAnswer[] } = { hashes: [], answers: [] };
    for (const prompt of prompts) this.addPrompt(prompt, place, fresh);
    return fresh;
  }

  /** A column that a person gave a role to stands under its own name. */
  private nameRole(name: string, role: MappedRole): void {
    const column = Object.entries(this.mapping).find(([, given]) => given === name)?.[0] ?? name;
    if (this.columns.has(column)) this.columns.set(column, role);
  }

  private addPrompt(prompt: TakenPrompt, place: Place, fresh: { hashes: string[]; answers: HashedAnswer[] }): void {
    const { hash, answer } = prompt;
    this.promptCount += 1;
    if (this.prompts.addHex(hash)) {
      fresh.hashes.push(hash);
      if (this.shown.length < SHOWN_ROWS) this.shown.push(shownPrompt(prompt, place));
    }
    if (!answer) return;
    this.answerCount += 1;
    if (!this.answerKeys.addText(answerKey(hash, answer))) return;
    fresh.answers.push({ hash, answer });
    this.counts[importedKindOf(answer)] += 1;
    if (answer.kind === "comparison" && answer.margin !== null) this.keptMargins += 1;
  }
}

/** The first 200 issues and the number of all. A fault of the whole file is said once. */
class IssueList {
  count = 0;
  first: ImportIssue[] = [];
  private readonly said = new Set<string>();

  add(problem: RowProblem): void {
    if (isWholeFile(problem.place)) {
      if (this.said.has(problem.message)) return;
      this.said.add(problem.message);
    }
    this.count += 1;
    if (this.first.length < MAX_ISSUES) this.first.push(toIssue(problem));
  }

  replace(issue: ImportIssue): void {
    this.first = [issue];
    this.count = 1;
  }
}

const inOrder = (issues: ImportIssue[]): ImportIssue[] =>
  issues.sort((a, b) => a.line - b.line || (a.element ?? 0) - (b.element ?? 0));

function count(into: Map<string, Counted>, name: string, { line, element }: Place): void {
  const key = into.has(name) || into.size < MAX_NAMED ? name : "further ones";
  const entry = into.get(key);
  if (entry) entry.count += 1;
  else into.set(key, { name: key, count: 1, line, ...(element !== undefined && { element }) });
}

const cut = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, "")}…` : text;

function shownPrompt({ taskType, messages, answer, hash }: TakenPrompt, place: Place): ShownPrompt {
  return {
    ...place,
    ...{ taskType, hash },
    messages: messages.map(({ role, content }) => ({ role, content: cut(content) })),
    answer: answer && shownAnswer(answer),
  };
}

function shownAnswer(answer: ImportedAnswer): ImportedAnswer {
  switch (answer.kind) {
    case "demonstration":
    case "unpaired":
      return { ...answer, content: cut(answer.content) };
    case "comparison":
      return { ...answer, chosen: cut(answer.chosen), rejected: cut(answer.rejected) };
    case "rating":
      return { ...answer, completions: answer.completions.map((one) => ({ ...one, content: cut(one.content) })) };
    case "own": {
      const completions = answer.task.completions.map((one) => ({ ...one, content: cut(one.content) }));
      return { ...answer, task: { ...answer.task, completions } };
    }
    case "ranking":
      return { ...answer, completions: answer.completions.map((one) => ({ ...one, content: cut(one.content) })) };
  }
}
