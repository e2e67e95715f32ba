"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPCClient } from "@/app/trpc-client";
import type { LabelKind } from "@/domain/labels/kinds";

export type LabelTask = NonNullable<Outputs["labels"]["next"]>;

/** The task on the page and the one after it. */
const QUEUE_LENGTH = 2;

export interface TaskQueue {
  current: LabelTask | null;
  state: "loading" | "ready" | "empty" | "error";
  error: string | null;
  /** Goes on to the next task; the current one is done or skipped. */
  advance(): void;
  /** Shows a task again that was done a moment ago; the current one comes after it. */
  goBack(task: LabelTask): void;
  retry(): void;
}

/**
 * Keeps the next task in hand while the current one is worked on, so that a submission shows the next task at once.
 * `unacknowledged`: tasks whose answers are still on their way and must not be given out again.
 */
export function useTaskQueue(kind: LabelKind | undefined, unacknowledged: () => string[]): TaskQueue {
  const { slug } = useProject();
  const client = useTRPCClient();
  const [queue, setQueue] = useState<LabelTask[]>([]);
  const [exhausted, setExhausted] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const passed = useRef<string[]>([]);
  const loading = useRef(false);

  const fill = useCallback(
    async (held: LabelTask[]) => {
      if (loading.current || held.length >= QUEUE_LENGTH) return;
      loading.current = true;
      try {
        const exclude = [
          ...new Set([...held.map((task) => task.taskId), ...unacknowledged(), ...passed.current]),
        ].slice(-50);
        const next = await client.labels.next.query({ project: slug, kind, exclude });
        setError(null);
        setExhausted(next === null);
        if (next) setQueue((now) => (now.some((task) => task.taskId === next.taskId) ? now : [...now, next]));
      } catch (reason) {
        setError(errorText(reason));
      } finally {
        loading.current = false;
      }
    },
    [client, kind, slug, unacknowledged],
  );

  useEffect(() => {
    if (!exhausted && error === null) void fill(queue);
  }, [queue, exhausted, error, fill]);

  const current = queue[0] ?? null;
  return {
    current,
    state: current ? "ready" : error !== null ? "error" : exhausted ? "empty" : "loading",
    error,
    advance: useCallback(() => {
      setQueue((now) => {
        if (now[0]) passed.current = [...passed.current, now[0].taskId].slice(-20);
        return now.slice(1);
      });
      setExhausted(false);
    }, []),
    goBack: useCallback((task: LabelTask) => {
      passed.current = passed.current.filter((id) => id !== task.taskId);
      setQueue((now) => [task, ...now.filter((other) => other.taskId !== task.taskId)]);
    }, []),
    retry: useCallback(() => {
      passed.current = [];
      setError(null);
      setExhausted(false);
    }, []),
  };
}
