"use client";

import { useCallback, useEffect, useRef } from "react";

/** Milliseconds for which the task was on a visible page: a tab in the background does not count. */
export function useVisibleTime(taskId: string | null): () => number {
  const spent = useRef(0);
  const since = useRef<number | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new task starts a new count
  useEffect(() => {
    spent.current = 0;
    since.current = document.visibilityState === "visible" ? performance.now() : null;
    const onChange = () => {
      if (document.visibilityState === "visible") since.current ??= performance.now();
      else if (since.current !== null) {
        spent.current += performance.now() - since.current;
        since.current = null;
      }
    };
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, [taskId]);

  return useCallback(
    () => Math.round(spent.current + (since.current === null ? 0 : performance.now() - since.current)),
    [],
  );
}
