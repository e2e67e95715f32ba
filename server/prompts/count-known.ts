import { database } from "../database/client";
import type { HashedAnswer, NewInFile } from "./found-rows";
import { importedKindOf, noAnswers } from "./imported-answer";
import { type NewAnswer, withoutKnown } from "./insert-answers";
import { openTasksPresent } from "./place-tasks";
import { taskOfAnswer } from "./task-of-answer";

/** The number of new prompts and answers after which the project is asked which of them it has. */
const ASKED_AT_ONCE = 2_000;

/** Counts the prompts and answers of a file that the project has already, some thousands at a time. */
export class KnownCounter {
  private prompts = 0;
  private readonly answers = noAnswers();
  private hashes: string[] = [];
  private waiting: HashedAnswer[] = [];

  constructor(private readonly projectId: string) {}

  add({ hashes, answers }: NewInFile): void {
    this.hashes.push(...hashes);
    this.waiting.push(...answers);
  }

  async askIfMany(): Promise<void> {
    if (this.hashes.length + this.waiting.length >= ASKED_AT_ONCE) await this.ask();
  }

  async finish() {
    await this.ask();
    return { alreadyPresent: this.prompts, knownAnswers: this.answers };
  }

  private async ask(): Promise<void> {
    const { hashes, waiting } = this;
    this.hashes = [];
    this.waiting = [];
    const all = [...new Set([...hashes, ...waiting.map(({ hash }) => hash)])];
    if (all.length === 0) return;
    const rows = await database().$queryRaw<{ id: string; textHash: string }[]>`
      SELECT "id", "textHash" FROM "Prompt"
      WHERE "projectId" = ${this.projectId}::uuid AND "textHash" = ANY(${all}::text[])`;
    const idOf = new Map(rows.map(({ id, textHash }) => [textHash, id]));
    this.prompts += hashes.filter((hash) => idOf.has(hash)).length;
    const placed = waiting.flatMap(({ hash, answer }): NewAnswer[] => {
      const promptId = idOf.get(hash);
      return promptId ? [{ promptId, answer }] : [];
    });
    const isOpen = ({ answer }: NewAnswer) => importedKindOf(answer) === "openTask";
    const labels = placed.filter((one) => !isOpen(one));
    const fresh = new Set(await withoutKnown(database(), this.projectId, labels));
    for (const one of labels) if (!fresh.has(one)) this.answers[importedKindOf(one.answer)] += 1;
    const tasks = placed.filter(isOpen).map(({ promptId, answer }) => ({ promptId, task: taskOfAnswer(answer) }));
    this.answers.openTask += (await openTasksPresent(database(), this.projectId, tasks)).filter(Boolean).length;
  }
}
