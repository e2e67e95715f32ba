import type { z } from "zod";

/** The part of the browser's storage that is used here. */
export type StorageLike = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/**
 * What a page keeps in the browser. The browser may refuse to keep it: its storage is full or forbidden. It then stays in
 * the page's memory, which a closed tab loses, and `isRefusing` says so; at the next chance it is moved into the storage.
 */
export class BrowserStore {
  private readonly memory = new Map<string, string>();
  private readonly listeners = new Set<() => void>();

  /** @param open gives the storage; a browser that forbids it throws here, or gives none */
  constructor(private readonly open: () => StorageLike | null) {}

  get isRefusing(): boolean {
    return this.memory.size > 0;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  read(key: string): string | null {
    return this.memory.get(key) ?? attempt(() => this.open()?.getItem(key)) ?? null;
  }

  keys(prefix: string): string[] {
    const stored = attempt(() => {
      const storage = this.open();
      return Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? "");
    });
    return [...new Set([...(stored ?? []), ...this.memory.keys()])].filter((key) => key.startsWith(prefix));
  }

  write(key: string, value: string): void {
    this.change(() => this.put(key, value));
  }

  remove(key: string): void {
    this.change(() => {
      this.memory.delete(key);
      attempt(() => this.open()?.removeItem(key));
      // Something has become free, perhaps enough for what the browser refused before.
      for (const [waiting, value] of this.memory) this.put(waiting, value);
    });
  }

  private put(key: string, value: string): void {
    const isKept = attempt(() => {
      const storage = this.open();
      storage?.setItem(key, value);
      return storage !== null;
    });
    if (isKept) this.memory.delete(key);
    else this.memory.set(key, value);
  }

  private change(by: () => void): void {
    const before = this.isRefusing;
    by();
    if (before !== this.isRefusing) for (const notify of this.listeners) notify();
  }
}

/** A browser says that it can't keep anything, or no more, by an exception of its own kind; null stands for that. */
function attempt<Value>(act: () => Value): Value | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof DOMException || (error instanceof Error && error.name === "QuotaExceededError")) return null;
    throw error;
  }
}

/** The store of this browser, shared by everything on the page. */
export const browserStore = new BrowserStore(() => (typeof window === "undefined" ? null : window.localStorage));

/** Reads what was kept; null where there is nothing, or another version of the page wrote it. */
export function parseKept<Schema extends z.ZodType>(text: string | null, schema: Schema): z.infer<Schema> | null {
  if (!text) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
