import { z } from "zod";
import { type BrowserStore, parseKept } from "@/app/components/browser-store";
import type { LabelSubmission } from "@/domain/labels/submission";

/**
 * Answers wait here until the server has acknowledged them. They are in the browser's storage before anything is sent, so
 * a lost network, a crashed tab or a closed laptop loses nothing: the next page load sends them. Where the browser keeps
 * nothing, they are sent from memory. Sending twice is harmless, for the server knows the idempotency key. Each answer has
 * a key of its own in the storage, which no other answer and no other tab can overwrite.
 *
 * No answer holds up another. One that the server fails on steps aside after three attempts and is tried again from time to
 * time, and one that gets no reply is left to wait for it while those behind it go.
 */
const entrySchema = z.object({
  // The server alone judges an answer: one that a newer page would write otherwise must still be sent, or shown.
  submission: z.looseObject({
    kind: z.string(),
    taskId: z.uuid(),
    idempotencyKey: z.uuid(),
  }) as z.ZodType<unknown> as z.ZodType<LabelSubmission>,
  /** What the answer is to and what it says, for the person to read. */
  about: z.object({ prompt: z.string(), answer: z.string() }).nullable().default(null),
  /** The server's reason for refusing the answer; sending it again unchanged helps only where the reason has gone. */
  refusal: z.string().nullable(),
  /** The last trouble of an answer that has stepped aside; it is tried again by itself. */
  aside: z.string().nullable().default(null),
  at: z.number().default(0),
});
export type OutboxEntry = z.infer<typeof entrySchema>;

export interface Acknowledgement {
  labelId: string;
}

/**
 * `refused`: the server won't have the answer (its task is gone, say). `failed`: the server broke on this answer.
 * `unreachable`: no answer would arrive now, and the fault lies with none of them. `signed-out`: the session has ended.
 */
export type SendResult =
  | { ok: true; acknowledgement: Acknowledgement }
  | { ok: false; reason: "refused" | "failed" | "unreachable" | "signed-out"; message: string };

export interface OutboxOptions {
  store: BrowserStore;
  /** One key for each person and project, so that nobody sends another's answers. */
  storageKey: string;
  send(submission: LabelSubmission): Promise<SendResult>;
  wait(milliseconds: number): Promise<void>;
  now(): number;
  onChange(entries: readonly OutboxEntry[]): void;
  onAcknowledged(submission: LabelSubmission, acknowledgement: Acknowledgement): void;
}

/** The pauses of the whole outbox while nothing arrives. */
const UNREACHABLE_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** The pauses before an answer's second and third attempt, after which it steps aside. */
const FAILED_MS = [1_000, 3_000];
const ASIDE_MS = 30_000;
const SIGNED_OUT_MS = 30_000;
/** An answer without a reply for this long no longer holds up those behind it. */
const SLOW_MS = 5_000;
/** As many answers wait for a reply at the same time at most. */
const MOST_IN_FLIGHT = 4;

const keyOf = (entry: OutboxEntry) => entry.submission.idempotencyKey;

export class Outbox {
  private entries: OutboxEntry[] = [];
  private sending: Promise<void> | null = null;
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, number>();
  private readonly notBefore = new Map<string, number>();
  private unreachable = 0;
  private pausedUntil = 0;
  private wake: () => void = () => undefined;
  private isEnded = false;

  constructor(private readonly options: OutboxOptions) {
    this.takeOver();
    this.refresh();
  }

  get pending(): readonly OutboxEntry[] {
    return this.entries;
  }

  /** Keeps an answer, then sends it. */
  add(submission: LabelSubmission, about: OutboxEntry["about"] = null): void {
    const last = this.entries.at(-1)?.at ?? 0;
    this.put({ submission, about, refusal: null, aside: null, at: Math.max(this.options.now(), last + 1) });
    void this.flush();
    this.wake();
  }

  /** Takes an answer back that has not left yet; false if it is under way or has arrived. */
  takeBack(idempotencyKey: string): boolean {
    if (this.inFlight.has(idempotencyKey)) return false;
    if (!this.entries.some((entry) => keyOf(entry) === idempotencyKey)) return false;
    this.remove(idempotencyKey);
    this.wake();
    return true;
  }

  /** Waits for the reply to an answer that is under way. */
  async settled(idempotencyKey: string): Promise<void> {
    await this.inFlight.get(idempotencyKey);
  }

  /** Sends an answer again that was refused or has stepped aside. */
  tryAgain(idempotencyKey: string): void {
    const entry = this.entries.find((one) => keyOf(one) === idempotencyKey);
    if (!entry) return;
    this.failures.delete(idempotencyKey);
    this.put({ ...entry, refusal: null, aside: null });
    this.hurry();
  }

  /** Looks at once whether the server can be reached again, and for what other tabs have put here. */
  hurry(): void {
    this.pausedUntil = 0;
    this.notBefore.clear();
    this.refresh();
    void this.flush();
    this.wake();
  }

  /** Sends nothing more; what waits stays where it is kept. */
  end(): void {
    this.isEnded = true;
    this.wake();
  }

  /** Sends what waits, oldest first, until all is acknowledged or refused. Safe to call at any time. */
  flush(): Promise<void> {
    this.sending ??= this.drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async drain(): Promise<void> {
    while (!this.isEnded) {
      const waiting = this.entries.filter((entry) => entry.refusal === null);
      if (waiting.length === 0) return;
      const now = this.options.now();
      const due = this.pausedUntil > now || this.inFlight.size >= MOST_IN_FLIGHT ? undefined : this.dueAt(now, waiting);
      if (due) {
        const attempt = this.attempt(due);
        await Promise.race([attempt, this.options.wait(SLOW_MS)]);
        continue;
      }
      const times = waiting
        .filter((one) => !this.inFlight.has(keyOf(one)))
        .map((one) => this.notBefore.get(keyOf(one)) ?? 0);
      const until = Math.max(this.pausedUntil, Math.min(...times, now + ASIDE_MS));
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([this.options.wait(Math.max(until - now, 1)), woken, ...this.inFlight.values()]);
    }
  }

  private dueAt(now: number, waiting: readonly OutboxEntry[]): OutboxEntry | undefined {
    const due = waiting.filter((one) => !this.inFlight.has(keyOf(one)) && (this.notBefore.get(keyOf(one)) ?? 0) <= now);
    return due.find((one) => one.aside === null) ?? due[0];
  }

  private attempt(entry: OutboxEntry): Promise<void> {
    const key = keyOf(entry);
    const attempt = this.options
      .send(entry.submission)
      .then((result) => this.take(entry, result))
      .finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, attempt);
    return attempt;
  }

  private take(entry: OutboxEntry, result: SendResult): void {
    const key = keyOf(entry);
    const later = (milliseconds: number) => this.options.now() + milliseconds;
    if (result.ok || result.reason === "refused" || result.reason === "failed") this.unreachable = 0;
    if (result.ok) {
      this.remove(key);
      this.options.onAcknowledged(entry.submission, result.acknowledgement);
    } else if (result.reason === "refused") this.put({ ...entry, refusal: result.message, aside: null });
    else if (result.reason === "signed-out") this.pausedUntil = later(SIGNED_OUT_MS);
    else if (result.reason === "unreachable") {
      const pause = UNREACHABLE_MS[Math.min(this.unreachable++, UNREACHABLE_MS.length - 1)] ?? ASIDE_MS;
      this.pausedUntil = later(pause);
    } else {
      const failures = (this.failures.get(key) ?? 0) + 1;
      this.failures.set(key, failures);
      const pause = FAILED_MS[failures - 1];
      this.notBefore.set(key, later(entry.aside !== null || pause === undefined ? ASIDE_MS : pause));
      if (pause === undefined && entry.aside === null) this.put({ ...entry, aside: result.message });
    }
  }

  private put(entry: OutboxEntry): void {
    this.options.store.write(this.placeOf(keyOf(entry)), JSON.stringify(entry));
    this.refresh();
  }

  private remove(key: string): void {
    this.failures.delete(key);
    this.notBefore.delete(key);
    this.options.store.remove(this.placeOf(key));
    this.refresh();
  }

  private placeOf(key: string): string {
    return `${this.options.storageKey}:${key}`;
  }

  /** Reads what is kept now, which another tab may have changed. */
  private refresh(): void {
    const { store, storageKey } = this.options;
    const places = store.keys(`${storageKey}:`).filter((place) => !place.startsWith(`${storageKey}:unreadable`));
    this.entries = places
      .flatMap((place) => {
        const text = store.read(place);
        if (text === null) return [];
        const entry = parseKept(text, entrySchema);
        if (entry) return [entry];
        this.setAside(place, text);
        return [];
      })
      .sort((a, b) => a.at - b.at);
    this.options.onChange(this.entries);
  }

  /** An earlier version of the page kept all answers under one key. */
  private takeOver(): void {
    const { store, storageKey } = this.options;
    const text = store.read(storageKey);
    if (text === null) return;
    const entries = parseKept(text, z.array(entrySchema));
    if (!entries) {
      this.setAside(storageKey, text);
      return;
    }
    entries.forEach((entry, at) => {
      store.write(this.placeOf(keyOf(entry)), JSON.stringify({ ...entry, at }));
    });
    store.remove(storageKey);
  }

  /** Not ours to throw away: what cannot be read is kept beside. */
  private setAside(place: string, text: string): void {
    const { store, storageKey } = this.options;
    const name = place.slice(storageKey.length + 1);
    store.write(`${storageKey}:unreadable${name ? `:${name}` : ""}`, text);
    store.remove(place);
  }
}
