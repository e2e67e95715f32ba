"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { sessionEnd } from "@/app/components/session-end";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, personHeaders, useTRPCClient } from "@/app/trpc-client";
import type { LabelKind } from "@/domain/labels/kinds";
import { AHEAD_SECONDS, LEASE_MINUTES } from "@/domain/labels/lease-times";
import { paths } from "@/domain/paths";

export type LabelTask = NonNullable<Outputs["labels"]["next"]>;

/** The task on the page and the one after it. */
const QUEUE_LENGTH = 2;
/** The page looks again by itself this long after nothing was left, and after an error. */
const LOOK_AGAIN_MS = 30_000;
const AFTER_ERROR_MS = 5_000;

/** A task in hand. `until` is when its lease ends, by this browser's clock, as far as the page knows. */
export interface HeldTask {
  task: LabelTask;
  until: number;
  /** The lease may have ended before the task came on the page: it is renewed first. */
  isStale?: boolean;
}

export interface TaskQueue {
  current: HeldTask | null;
  state: "loading" | "ready" | "empty" | "error";
  error: string | null;
  /** Goes on to the next task; the current one is done or skipped. */
  advance(): void;
  /** Shows a task again that was done a moment ago; the current one comes after it. */
  goBack(task: LabelTask): void;
  /** Looks again for a task. */
  look(): void;
}

const isOver = ({ until }: HeldTask) => until < Date.now() + 5_000;

/**
 * Keeps the next task in hand while the current one is worked on, so that a submission shows the next task at once.
 * `unacknowledged`: tasks whose answers are still on their way and must not be given out again.
 */
export function useTaskQueue(kind: LabelKind | undefined, unacknowledged: () => string[]): TaskQueue {
  const { slug } = useProject();
  const client = useTRPCClient();
  const [queue, setQueue] = useState<HeldTask[]>([]);
  const [exhausted, setExhausted] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const passed = useRef<string[]>([]);
  const loading = useRef(false);
  const held = useRef(queue);
  held.current = queue;

  const fill = useCallback(async () => {
    const inHand = held.current;
    if (loading.current || inHand.length >= QUEUE_LENGTH) return;
    loading.current = true;
    const isAhead = inHand.length > 0;
    const asked = Date.now();
    try {
      const exclude = [
        ...new Set([...inHand.map(({ task }) => task.taskId), ...unacknowledged(), ...passed.current]),
      ].slice(-50);
      const next = await client.labels.next.query({ project: slug, kind, exclude, isAhead });
      setError(null);
      setExhausted(next === null);
      const until = asked + (isAhead ? AHEAD_SECONDS : LEASE_MINUTES * 60) * 1_000;
      if (next)
        setQueue((now) =>
          now.some(({ task }) => task.taskId === next.taskId) ? now : [...now, { task: next, until }],
        );
    } catch (reason) {
      setError(errorText(reason));
    } finally {
      loading.current = false;
    }
  }, [client, kind, slug, unacknowledged]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the queue is what asks for more
  useEffect(() => {
    if (!exhausted && error === null) void fill();
  }, [queue, exhausted, error, fill]);

  const first = queue[0] ?? null;
  useEffect(() => {
    if (!first?.isStale) return;
    const { taskId } = first.task;
    client.labels.renewLease.mutate({ project: slug, taskId }).then(
      () => setQueue((now) => now.map((one) => (one.task.taskId === taskId ? renewed(one) : one))),
      (reason: { data?: unknown }) =>
        setQueue((now) =>
          // Without a word from the server the task is shown: its answer may well be accepted.
          reason.data
            ? now.filter((one) => one.task.taskId !== taskId)
            : now.map((one) => (one.task.taskId === taskId ? { ...one, isStale: false } : one)),
        ),
    );
  }, [client, first, slug]);

  useGiveBack(held);

  const current = first?.isStale ? null : first;
  const state = current ? "ready" : error !== null ? "error" : exhausted && !first ? "empty" : "loading";
  const look = useCallback(() => {
    passed.current = [];
    void fill();
  }, [fill]);
  useEffect(() => {
    if (state !== "empty" && state !== "error") return;
    const onVisible = () => document.visibilityState === "visible" && look();
    const timer = setInterval(onVisible, state === "empty" ? LOOK_AGAIN_MS : AFTER_ERROR_MS);
    const forgetSession = sessionEnd.onRestore(look);
    for (const event of ["focus", "online"]) window.addEventListener(event, look);
    return () => {
      clearInterval(timer);
      forgetSession();
      for (const event of ["focus", "online"]) window.removeEventListener(event, look);
    };
  }, [state, look]);

  return {
    current,
    state,
    error,
    advance: useCallback(() => {
      setQueue((now) => {
        if (now[0]) passed.current = [...passed.current, now[0].task.taskId].slice(-20);
        return now.slice(1).map((one, place) => (place === 0 && isOver(one) ? { ...one, isStale: true } : one));
      });
      setExhausted(false);
    }, []),
    goBack: useCallback((task: LabelTask) => {
      passed.current = passed.current.filter((id) => id !== task.taskId);
      setQueue((now) => [renewed({ task, until: 0 }), ...now.filter((other) => other.task.taskId !== task.taskId)]);
    }, []),
    look,
  };
}

const renewed = (one: HeldTask): HeldTask => ({ ...one, isStale: false, until: Date.now() + LEASE_MINUTES * 60_000 });

/** Gives back what was fetched ahead when the page goes away, so that it is at once there for others. */
function useGiveBack(held: { current: HeldTask[] }): void {
  const { slug } = useProject();
  useEffect(() => {
    const giveBack = () => {
      const ahead = held.current.slice(1);
      if (ahead.length === 0) return;
      for (const one of ahead) one.until = 0;
      const json = { project: slug, taskIds: ahead.map(({ task }) => task.taskId) };
      // A request with `keepalive` outlives the page, as a beacon does, and can say whose page it is.
      void fetch(`${paths.api}/labels.giveBack`, {
        method: "POST",
        keepalive: true,
        headers: { "content-type": "application/json", ...personHeaders() },
        body: JSON.stringify({ json }),
      }).catch(() => undefined); // the places end by themselves after two minutes
    };
    window.addEventListener("pagehide", giveBack);
    return () => {
      window.removeEventListener("pagehide", giveBack);
      giveBack();
    };
  }, [held, slug]);
}
