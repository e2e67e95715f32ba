import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { BrowserStore } from "@/app/components/browser-store";
import { FakeStorage } from "@/app/components/fake-storage";
import { Outbox } from "@/app/p/[project]/label/outbox";
import { sendAnswer } from "@/app/p/[project]/label/send-answer";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { ApiClient } from "./api-client";

type LabelTask = NonNullable<Awaited<ReturnType<ApiClient["labels"]["next"]["query"]>>>;

/** The share of answers after which a person's tab dies at once, perhaps with the request under way. */
const TAB_DIES = 0.05;

/**
 * A person at work over HTTP, with the page's own outbox: the person takes the next task, answers, and goes on whatever
 * happens.
 */
export class Annotator {
  /** Every answer that this person ever gave, by idempotency key, and what the server has acknowledged of it. */
  readonly given = new Map<string, LabelSubmission>();
  readonly acknowledged = new Map<string, string>();
  /** What the browser stores, which outlives a tab. */
  private readonly stored = new FakeStorage();
  private tab = this.openTab();

  constructor(
    private readonly client: ApiClient,
    private readonly project: string,
  ) {}

  get refusals(): string[] {
    return this.tab.outbox.pending.flatMap(({ refusal }) => refusal ?? []);
  }

  /** Answers tasks until `stop`, then waits until every answer is acknowledged or refused. */
  async work(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const task = await this.nextTask(stop);
      if (!task) break;
      const submission = answer(task);
      this.given.set(submission.idempotencyKey, submission);
      this.tab.outbox.add(submission);
      if (Math.random() < TAB_DIES) {
        this.tab.die();
        this.tab = this.openTab();
      }
      await pause(100 + 300 * Math.random());
    }
    await this.tab.outbox.flush();
  }

  private async nextTask(stop: AbortSignal): Promise<LabelTask | null> {
    while (!stop.aborted) {
      const exclude = this.tab.outbox.pending.map(({ submission }) => submission.taskId).slice(-100);
      try {
        return await this.client.labels.next.query({ project: this.project, exclude });
      } catch {
        await pause(200); // the page shows the error and lets the person try again
      }
    }
    return null;
  }

  private openTab(): { outbox: Outbox; die(): void } {
    const isDead = { yes: false };
    const outbox = new Outbox({
      storageKey: "outbox",
      store: new BrowserStore(() => this.stored),
      now: Date.now,
      send: async (submission) => {
        const result = await sendAnswer(this.client, this.project, submission);
        return isDead.yes ? new Promise(() => undefined) : result;
      },
      wait: (milliseconds) => pause(Math.min(milliseconds, 1000)),
      onChange: () => undefined,
      onAcknowledged: ({ idempotencyKey }, { labelId }) => this.acknowledged.set(idempotencyKey, labelId),
    });
    void outbox.flush();
    return {
      outbox,
      die: () => {
        isDead.yes = true;
        outbox.end();
      },
    };
  }
}

/**
 * Answers a task. Everybody prefers the completion of the same letter, so that a majority makes records of the answers; a
 * demonstration names its key.
 */
function answer(task: LabelTask): LabelSubmission {
  const idempotencyKey = randomUUID();
  const common = { taskId: task.taskId, idempotencyKey, shownOrder: task.completions.map(({ id }) => id) };
  if (task.kind === "demonstration")
    return {
      ...common,
      kind: "demonstration",
      demonstration: { content: `Answer ${idempotencyKey}`, turns: [], trainOnAllTurns: false },
    };
  const [chosenCompletionId = "", rejectedCompletionId = ""] = task.completions
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ id }) => id);
  return {
    ...common,
    kind: "comparison",
    comparison: { outcome: "chosen", strength: "clearly", chosenCompletionId, rejectedCompletionId },
  };
}
