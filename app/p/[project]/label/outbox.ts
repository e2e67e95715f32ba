import { z } from "zod";
import { type LabelSubmission, labelSubmissionSchema } from "@/domain/labels/submission";

/**
 * Answers wait here until the server has acknowledged them. They are in the browser's storage before anything is sent,
 * so a lost network, a crashed tab or a closed laptop loses nothing: the next page load sends them. Sending twice is
 * harmless, for the server knows the idempotency key. Two tabs share the storage: each change is made to what is stored
 * at that moment, never to what a tab remembers of it.
 */
const entrySchema = z.object({ submission: labelSubmissionSchema, refusal: z.string().nullable() });
export type OutboxEntry = z.infer<typeof entrySchema>;

export interface Acknowledgement {
  labelId: string;
}

/** `refused`: sending again will not help (the task is gone, say), so the annotator is told. */
export type SendResult =
  | { ok: true; acknowledgement: Acknowledgement }
  | { ok: false; refused: boolean; message: string };

export interface OutboxOptions {
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** One key for each person and project, so that nobody sends another's answers. */
  storageKey: string;
  send(submission: LabelSubmission): Promise<SendResult>;
  wait(milliseconds: number): Promise<void>;
  onChange(entries: readonly OutboxEntry[]): void;
  onAcknowledged(submission: LabelSubmission, acknowledgement: Acknowledgement): void;
}

const RETRY_DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];

export class Outbox {
  private entries: OutboxEntry[];
  private sending: Promise<void> | null = null;
  private inFlight: string | null = null;

  constructor(private readonly options: OutboxOptions) {
    this.entries = this.load();
  }

  get pending(): readonly OutboxEntry[] {
    return this.entries;
  }

  /** Stored first, then sent in order. */
  add(submission: LabelSubmission): void {
    this.change((stored) => [...stored, { submission, refusal: null }]);
    void this.flush();
  }

  /** Takes an answer back that has not left yet; false if it is under way or has arrived. */
  takeBack(idempotencyKey: string): boolean {
    if (this.inFlight === idempotencyKey) return false;
    if (!this.entries.some((entry) => entry.submission.idempotencyKey === idempotencyKey)) return false;
    this.remove(idempotencyKey);
    return true;
  }

  /** Sends what waits, oldest first, until all is acknowledged or refused. Safe to call at any time. */
  flush(): Promise<void> {
    this.sending ??= this.drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async drain(): Promise<void> {
    let attempt = 0;
    for (;;) {
      const next = this.entries.find((entry) => entry.refusal === null);
      if (!next) return;
      const key = next.submission.idempotencyKey;
      this.inFlight = key;
      const result = await this.options.send(next.submission);
      this.inFlight = null;
      if (result.ok) {
        attempt = 0;
        this.remove(key);
        this.options.onAcknowledged(next.submission, result.acknowledgement);
      } else if (result.refused) {
        this.change((stored) =>
          stored.map((entry) =>
            entry.submission.idempotencyKey === key ? { ...entry, refusal: result.message } : entry,
          ),
        );
      } else {
        await this.options.wait(RETRY_DELAYS_MS[Math.min(attempt++, RETRY_DELAYS_MS.length - 1)] ?? 30_000);
      }
    }
  }

  private load(): OutboxEntry[] {
    const text = this.options.storage.getItem(this.options.storageKey);
    if (text === null) return [];
    const parsed = z.array(entrySchema).safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    // Not ours to throw away: keep what cannot be read beside, and start afresh.
    this.options.storage.setItem(`${this.options.storageKey}:unreadable`, text);
    return [];
  }

  private remove(key: string): void {
    this.change((stored) => stored.filter((entry) => entry.submission.idempotencyKey !== key));
  }

  /** Storage is read and written in one go, which no other tab can come between. */
  private change(by: (stored: OutboxEntry[]) => OutboxEntry[]): void {
    const entries = by(this.load());
    this.entries = entries;
    if (entries.length === 0) this.options.storage.removeItem(this.options.storageKey);
    else this.options.storage.setItem(this.options.storageKey, JSON.stringify(entries));
    this.options.onChange(entries);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
