import pg from "pg";
import { inTurn } from "../database/in-turn";
import { logger } from "../logger";
import { settings } from "../settings";

/**
 * An event of a channel. `ready` comes first, and again after every lost connection, because NOTIFY has no replay. From
 * `ready` on nothing is missed; the database tells what happened before.
 */
export type ChannelEvent = { type: "ready" } | { type: "message"; payload: string };
type Subscriber = (event: ChannelEvent) => void;

const RECONNECT_MILLISECONDS = 500;

/** The LISTEN connection that all subscribers of this process share. */
class ChannelHub {
  private readonly subscribers = new Map<string, Set<Subscriber>>();
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly inTurn = inTurn();

  constructor(private readonly connectionString: string) {}

  async subscribe(channel: string, subscriber: Subscriber): Promise<void> {
    const present = this.subscribers.get(channel);
    if (present) present.add(subscriber);
    else this.subscribers.set(channel, new Set([subscriber]));
    if (!this.client) {
      await this.connect();
      return; // connecting says `ready` to all
    }
    await this.say("LISTEN", channel, this.client); // listening twice to a channel does no harm
    subscriber({ type: "ready" });
  }

  unsubscribe(channel: string, subscriber: Subscriber): void {
    const present = this.subscribers.get(channel);
    present?.delete(subscriber);
    if (present?.size) return;
    this.subscribers.delete(channel);
    if (this.subscribers.size === 0) void this.close();
    else if (this.client) this.say("UNLISTEN", channel, this.client).catch((error) => this.lost(error));
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  private connect(): Promise<void> {
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async open(): Promise<void> {
    const client = new pg.Client({ connectionString: this.connectionString, keepAlive: true });
    client.on("notification", ({ channel, payload }) => {
      for (const subscriber of this.subscribers.get(channel) ?? [])
        subscriber({ type: "message", payload: payload ?? "" });
    });
    client.on("error", (error) => this.lost(error, client));
    client.on("end", () => this.lost(new Error("the connection ended"), client));
    await client.connect();
    // Subscribers may come meanwhile, so the loop goes on until every channel is listened to.
    const listened = new Set<string>();
    for (;;) {
      const next = [...this.subscribers.keys()].find((channel) => !listened.has(channel));
      if (next === undefined) break;
      await this.say("LISTEN", next, client);
      listened.add(next);
    }
    this.client = client;
    for (const group of this.subscribers.values()) for (const subscriber of group) subscriber({ type: "ready" });
  }

  /** Commands run one after the other, because the connection is busy while pages come and go. */
  private say(word: "LISTEN" | "UNLISTEN", channel: string, client: pg.Client): Promise<unknown> {
    return this.inTurn(() => client.query(`${word} ${pg.escapeIdentifier(channel)}`));
  }

  private lost(error: unknown, client = this.client): void {
    if (!client || client !== this.client) return; // the connection was closed here, or replaced already
    this.client = undefined;
    if (this.subscribers.size === 0) return;
    logger.warn({ err: error }, "lost the connection that listens for progress; connecting again");
    this.retry();
  }

  private retry(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.subscribers.size === 0 || this.client) return;
      this.connect().catch((error) => {
        logger.warn({ err: error }, "no connection to listen for progress yet");
        this.retry();
      });
    }, RECONNECT_MILLISECONDS);
    this.timer.unref();
  }
}

const shared = globalThis as typeof globalThis & { tuneloopChannels?: ChannelHub };

/** Ends the listening connection of this process; only tests and shut-downs need it. */
export async function closeChannels(): Promise<void> {
  await shared.tuneloopChannels?.close();
  shared.tuneloopChannels = undefined;
}

/**
 * Yields what is said on `channel`, until `signal` aborts. The caller reads the state from the database at every
 * `ready`.
 * @throws when the first connection fails
 */
export async function* listen(channel: string, signal: AbortSignal): AsyncGenerator<ChannelEvent, void> {
  shared.tuneloopChannels ??= new ChannelHub(settings().databaseUrl);
  const hub = shared.tuneloopChannels;
  const waiting: ChannelEvent[] = [];
  let wake: (() => void) | undefined;
  const receive = (event: ChannelEvent) => {
    waiting.push(event);
    wake?.();
  };
  const stop = () => wake?.();
  signal.addEventListener("abort", stop);
  try {
    await hub.subscribe(channel, receive);
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event) yield event;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted || waiting.length) resolve();
        });
    }
  } finally {
    signal.removeEventListener("abort", stop);
    hub.unsubscribe(channel, receive);
  }
}
