"use client";

import { useEffect, useRef, useState } from "react";

/** The second click of a double click, and a key that is held down, must not answer a task that nobody has seen. */
const DEAF_MS = 400;

/**
 * True for a moment after a task has appeared.
 * @returns `isDeaf` for what is drawn, and `hears` for the moment at which something is pressed
 */
export function useDeaf(taskId: string | null): { isDeaf: boolean; hears(): boolean } {
  const [heard, setHeard] = useState<string | null>(null);
  const since = useRef<{ taskId: string | null; at: number }>({ taskId: null, at: 0 });
  useEffect(() => {
    since.current = { taskId, at: performance.now() };
    const timer = setTimeout(() => setHeard(taskId), DEAF_MS);
    return () => {
      clearTimeout(timer);
      setHeard(null); // a task that comes back is deaf again
    };
  }, [taskId]);
  return {
    isDeaf: taskId !== heard,
    hears: () => since.current.taskId === taskId && performance.now() - since.current.at >= DEAF_MS,
  };
}
