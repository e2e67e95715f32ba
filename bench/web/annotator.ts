import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { RECOUNT_EVERY } from "@/domain/labels/recount";
import { type BenchClient, CallFailed } from "./client";

interface Task {
  taskId: string;
  completions: { id: string }[];
}

/**
 * A person on the page Label, with the calls that the page makes: two tasks in hand, the third asked for while the answer is
 * on its way, and the progress now and then.
 */
export class BenchAnnotator {
  private readonly queue: Task[] = [];
  private readonly passed: string[] = [];
  acknowledged = 0;

  constructor(
    private readonly client: BenchClient,
    private readonly project: string,
  ) {}

  /** Labels until `stop`, one label in `every` milliseconds, or without a pause if that is 0. */
  async work(stop: AbortSignal, every: number): Promise<void> {
    await this.progress();
    await this.fill();
    await this.fill();
    // People do not begin in step.
    if (every > 0) await pause(Math.random() * every);
    while (!stop.aborted) {
      const begun = performance.now();
      const task = this.queue.shift();
      if (task) {
        this.passed.push(task.taskId);
        await Promise.all([this.submit(task), this.fill()]);
      } else {
        await this.fill();
        if (this.queue.length === 0) await pause(1_000);
      }
      if (every > 0)
        await pause(Math.max(0, every - (performance.now() - begun)), undefined, { signal: stop }).catch(ended);
    }
  }

  private async fill(): Promise<void> {
    const exclude = [...this.queue.map(({ taskId }) => taskId), ...this.passed.slice(-20)];
    const next = await this.call(() => this.client.query("labels.next", { project: this.project, exclude }));
    if (next) this.queue.push(next as Task);
  }

  private async submit(task: Task): Promise<void> {
    const shownOrder = task.completions.map(({ id }) => id);
    const [chosenCompletionId, rejectedCompletionId] = shownOrder;
    const answer = {
      ...{ project: this.project, kind: "comparison", taskId: task.taskId, idempotencyKey: randomUUID(), shownOrder },
      durationMs: 8_000,
      comparison: { outcome: "chosen", strength: "clearly", chosenCompletionId, rejectedCompletionId },
    };
    if (await this.call(() => this.client.mutate("labels.submit", answer))) {
      this.acknowledged++;
      if (this.acknowledged % RECOUNT_EVERY === 0) await this.progress();
    }
  }

  private progress(): Promise<unknown> {
    return this.call(() => this.client.query("labels.progress", { project: this.project }));
  }

  /** Goes on after a failed call, which the client has counted. */
  private async call(send: () => Promise<unknown>): Promise<unknown> {
    try {
      return await send();
    } catch (error) {
      if (error instanceof CallFailed) return null;
      throw error;
    }
  }
}

/** A pause that the end of the measurement cuts short is no failure. */
function ended(error: Error): void {
  if (error.name !== "AbortError") throw error;
}
