"use client";

import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { cx } from "./class-names";

type Toast = {
  id: number;
  title: string;
  detail?: string;
  tone?: "neutral" | "good" | "bad";
  action?: { label: string; run: () => void };
  /** Milliseconds; 0 stays until closed. */
  duration?: number;
};

let toasts: Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();
const set = (next: Toast[]) => {
  toasts = next;
  for (const notify of listeners) notify();
};

export function dismissToast(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  set(toasts.filter((toast) => toast.id !== id));
}

function startTimer({ id, duration }: Toast): void {
  if (duration)
    timers.set(
      id,
      setTimeout(() => dismissToast(id), duration),
    );
}

/** Shows a message at the bottom of the page, from anywhere. Errors stay until closed. */
export function toast(message: Omit<Toast, "id">): number {
  const shown = { duration: message.tone === "bad" ? 0 : message.action ? 10_000 : 5_000, ...message, id: nextId++ };
  set([...toasts.slice(-3), shown]);
  startTimer(shown);
  return shown.id;
}

/** Destructive acts undo rather than ask: say what was done and offer the way back for ten seconds. */
export const undoToast = (title: string, undo: () => void): number =>
  toast({ title, action: { label: "Undo", run: undo } });

const none: Toast[] = [];

export function Toaster() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
    () => none,
  );
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-(--toaster-bottom) z-60 flex flex-col items-center gap-2 px-4"
    >
      {shown.map((message) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the pointer only holds the message in place
        <div
          key={message.id}
          role={message.tone === "bad" ? "alert" : undefined}
          onMouseEnter={() => clearTimeout(timers.get(message.id))}
          onMouseLeave={() => startTimer(message)}
          className={cx(
            "animate-appear pointer-events-auto flex w-full max-w-md items-start gap-3 rounded-md border bg-surface px-3 py-2 shadow-floating",
            message.tone === "bad" ? "border-bad/50" : "border-line-strong",
          )}
        >
          <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <p
              className={cx(
                "font-medium",
                message.tone === "bad" && "text-bad",
                message.tone === "good" && "text-good",
              )}
            >
              {message.title}
            </p>
            {message.detail && <p className="text-muted text-xs">{message.detail}</p>}
          </div>
          {message.action && (
            <button
              type="button"
              className="rounded px-1.5 font-medium text-accent hover:bg-accent-soft"
              onClick={() => {
                message.action?.run();
                dismissToast(message.id);
              }}
            >
              {message.action.label}
            </button>
          )}
          <button
            type="button"
            aria-label="Dismiss"
            className="rounded p-0.5 text-faint hover:text-ink"
            onClick={() => dismissToast(message.id)}
          >
            <X className="size-4" />
          </button>
        </div>
      ))}
    </section>
  );
}
