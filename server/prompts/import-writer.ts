import type { PromptImport } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import type { ImportIssue } from "./import-refused";
import { answerKey, type ImportedAnswer, textsOf } from "./imported-answer";
import { insertAnswers } from "./insert-answers";
import { insertPrompts } from "./insert-prompts";
import type { TakenPrompt } from "./taken-row";

/** A statement carries at most this many prompts and about this many characters, so that none takes long to put together. */
const BATCH_ROWS = 1_000;
const BATCH_CHARACTERS = 600_000;

/**
 * Writes the prompts, answers and faults of an import in batches, in the order of the file. While the database has a batch,
 * the next one is read: the two take about as long.
 */
export class ImportWriter {
  /** The counts as the import's row keeps them. */
  readonly columns = { rowCount: 0, acceptedCount: 0, duplicateCount: 0, labelCount: 0, taskCount: 0 };
  /** The number of rows with a fault. */
  leftOut = 0;
  private prompts: TakenPrompt[] = [];
  private characters = 0;
  private issues: ImportIssue[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly tx: Transaction,
    private readonly row: Pick<PromptImport, "id" | "projectId" | "createdById" | "takeAnswers">,
  ) {}

  /** Adds what one good row brings; none for a row that keeps itself for tests. */
  addPrompts(prompts: readonly TakenPrompt[]): void {
    if (prompts.length > 0) this.columns.rowCount += 1;
    for (const prompt of prompts) {
      this.prompts.push(prompt);
      const answer = prompt.answer && this.row.takeAnswers ? answerTexts(prompt.answer) : [];
      for (const text of [...prompt.messages.map(({ content }) => content), ...answer]) this.characters += text.length;
    }
  }

  addIssue(issue: ImportIssue): void {
    this.issues.push(issue);
  }

  /** Begins to write a batch where enough has come together, as soon as the one before is written. */
  async writeIfMany(): Promise<void> {
    const many = this.prompts.length >= BATCH_ROWS || this.characters >= BATCH_CHARACTERS;
    if (!many && this.issues.length < BATCH_ROWS) return;
    await this.writing;
    this.writing = this.writeBatch();
    this.writing.catch(() => undefined); // who awaits it next gets the error
  }

  /** Writes the rest. */
  async finish(): Promise<void> {
    await this.writing;
    await this.writeBatch();
  }

  /** Resolves when no statement is under way any more, whether the last one went well or not. */
  async rest(): Promise<void> {
    await this.writing.catch(() => undefined);
  }

  private async writeBatch(): Promise<void> {
    const { prompts, issues } = this;
    this.prompts = [];
    this.issues = [];
    this.characters = 0;
    if (prompts.length > 0) await this.writePrompts(prompts);
    if (issues.length > 0) await this.writeIssues(issues);
  }

  private async writePrompts(prompts: readonly TakenPrompt[]): Promise<void> {
    const { projectId, id: importId, createdById: userId, takeAnswers } = this.row;
    // A text may stand in the batch twice; the first one counts, as it does between batches.
    const once = [...new Map(prompts.toReversed().map((prompt) => [prompt.hash, prompt])).values()].toReversed();
    const accepted = await insertPrompts(this.tx, { projectId, source: "imported", importId, prompts: once });
    this.columns.acceptedCount += accepted;
    this.columns.duplicateCount += prompts.length - accepted;
    if (!takeAnswers) return;
    const answers = distinctAnswers(prompts);
    if (answers.length === 0) return;
    const idOf = await this.promptIds([...new Set(answers.map(({ hash }) => hash))]);
    const placed = answers.flatMap(({ hash, answer }) => {
      const promptId = idOf.get(hash);
      return promptId ? [{ promptId, answer }] : [];
    });
    const { labels, tasks } = await insertAnswers(this.tx, { projectId, userId, importId, answers: placed });
    this.columns.labelCount += labels;
    this.columns.taskCount += tasks;
  }

  private async promptIds(hashes: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.tx.$queryRaw<{ id: string; textHash: string }[]>`
      SELECT "id", "textHash" FROM "Prompt"
      WHERE "projectId" = ${this.row.projectId}::uuid AND "textHash" = ANY(${hashes}::text[])`;
    return new Map(rows.map(({ id, textHash }) => [textHash, id]));
  }

  private async writeIssues(issues: readonly ImportIssue[]): Promise<void> {
    await this.tx.$executeRaw`
      INSERT INTO "PromptImportIssue" ("importId", "position", "line", "element", "field", "message")
      SELECT ${this.row.id}::uuid, (${this.leftOut} + position - 1)::int, line, element, field, message
      FROM unnest(${issues.map(({ line }) => line)}::int[], ${issues.map(({ element }) => element ?? null)}::int[],
                  ${issues.map(({ field }) => field ?? null)}::text[], ${issues.map(({ message }) => message)}::text[])
           WITH ORDINALITY AS new(line, element, field, message, position)`;
    this.leftOut += issues.length;
  }
}

const answerTexts = (answer: ImportedAnswer): string[] =>
  answer.kind === "own" ? answer.task.completions.map(({ content }) => content) : textsOf(answer);

function distinctAnswers(prompts: readonly TakenPrompt[]): { hash: string; answer: ImportedAnswer }[] {
  const found = new Map<string, { hash: string; answer: ImportedAnswer }>();
  for (const { hash, answer } of prompts) {
    if (!answer) continue;
    const key = answerKey(hash, answer);
    if (!found.has(key)) found.set(key, { hash, answer });
  }
  return [...found.values()];
}
