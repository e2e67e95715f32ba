"use client";

import { useSyncExternalStore } from "react";
import { formatMoment, formatRelative } from "./format";

let now = new Date(0);
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

// One clock for all the dates on a page.
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = new Date();
    for (const notify of listeners) notify();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
function current(): Date {
  if (Date.now() - now.getTime() > 30_000) now = new Date();
  return now;
}

/** Whoever must be there in time needs the moment itself, not "next week". */
const SOON_MILLISECONDS = 6 * 3_600_000;

/** "5 minutes ago", with the exact moment on hover; what lies more than some hours ahead as "Mon 7 Dec, 14:30". */
export function RelativeTime({ date }: { date: Date | string }) {
  const clock = useSyncExternalStore(subscribe, current, current);
  const value = typeof date === "string" ? new Date(date) : date;
  return (
    <time
      dateTime={value.toISOString()}
      title={value.toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" })}
      className="whitespace-nowrap"
      suppressHydrationWarning
    >
      {value.getTime() - clock.getTime() > SOON_MILLISECONDS ? formatMoment(value) : formatRelative(value, clock)}
    </time>
  );
}
