"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { browserStore } from "@/app/components/browser-store";
import { sessionEnd } from "@/app/components/session-end";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPC, useTRPCClient } from "@/app/trpc-client";
import { RECOUNT_EVERY } from "@/domain/labels/recount";
import type { LabelSubmission } from "@/domain/labels/submission";
import { Outbox, type OutboxEntry } from "./outbox";
import { sendAnswer } from "./send-answer";

/** How many acknowledged labels can be taken back with Ctrl+Z. */
const REMEMBERED = 20;

export interface OutboxState {
  entries: readonly OutboxEntry[];
  /** The browser keeps nothing now: what waits here would not outlive the page. */
  isKeptInMemory: boolean;
  submit(submission: LabelSubmission, about: OutboxEntry["about"]): void;
  /** Takes an answer back, wherever it is on its way. Rejects with a sentence if the server will not. */
  undo(idempotencyKey: string): Promise<void>;
  discard(idempotencyKey: string): void;
  tryAgain(idempotencyKey: string): void;
  /** Tasks whose answers the server has not acknowledged. */
  unacknowledged(): string[];
}

type Progress = Outputs["labels"]["progress"];

/** Counts one answer more, and one task less; the server's own count comes now and then. */
const countedDown = ({ mine, remaining, ...rest }: Progress): Progress => ({
  ...rest,
  mine: { today: mine.today + 1, total: mine.total + 1 },
  remaining: Math.max(0, remaining - 1),
});

/** Near the end others matter to what is left, so every answer asks the server. */
const isRecountDue = (progress: Progress | undefined, acknowledged: number): boolean =>
  progress === undefined || progress.remaining < RECOUNT_EVERY || acknowledged % RECOUNT_EVERY === RECOUNT_EVERY - 1;

/** The outbox of one person in one project, sending through the API. */
export function useOutbox(userId: string): OutboxState {
  const { slug } = useProject();
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [entries, setEntries] = useState<readonly OutboxEntry[]>([]);
  const labelIds = useRef(new Map<string, string>());
  const outbox = useRef<Outbox | null>(null);

  useEffect(() => {
    let acknowledged = 0;
    const box = new Outbox({
      store: browserStore,
      now: Date.now,
      storageKey: `tuneloop:outbox:${userId}:${slug}`,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      send: (submission) => sendAnswer(client, slug, submission),
      onChange: (next) => setEntries([...next]),
      onAcknowledged: (submission, { labelId }) => {
        labelIds.current.set(submission.idempotencyKey, labelId);
        const oldest = labelIds.current.keys().next().value;
        if (labelIds.current.size > REMEMBERED && oldest !== undefined) labelIds.current.delete(oldest);
        const key = trpc.labels.progress.queryKey({ project: slug });
        queryClient.setQueryData(key, (progress) => progress && countedDown(progress));
        if (isRecountDue(queryClient.getQueryData(key), acknowledged++))
          void queryClient.invalidateQueries({ queryKey: key });
      },
    });
    outbox.current = box;
    setEntries([...box.pending]);
    void box.flush();
    const hurry = () => box.hurry();
    const forgetSession = sessionEnd.onRestore(hurry);
    for (const event of ["online", "focus"]) window.addEventListener(event, hurry);
    return () => {
      forgetSession();
      for (const event of ["online", "focus"]) window.removeEventListener(event, hurry);
      box.end();
      outbox.current = null;
    };
  }, [client, slug, queryClient, trpc, userId]);

  const isKeptInMemory = useSyncExternalStore(
    browserStore.subscribe,
    () => browserStore.isRefusing,
    () => false,
  );
  useEffect(() => {
    if (!isKeptInMemory || entries.length === 0) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isKeptInMemory, entries.length]);

  const submit = useCallback(
    (submission: LabelSubmission, about: OutboxEntry["about"]) => outbox.current?.add(submission, about),
    [],
  );
  const tryAgain = useCallback((idempotencyKey: string) => outbox.current?.tryAgain(idempotencyKey), []);
  const discard = useCallback((idempotencyKey: string) => void outbox.current?.takeBack(idempotencyKey), []);
  const unacknowledged = useCallback(() => (outbox.current?.pending ?? []).map((entry) => entry.submission.taskId), []);
  const undo = useCallback(
    async (idempotencyKey: string) => {
      if (outbox.current?.takeBack(idempotencyKey)) return;
      await outbox.current?.settled(idempotencyKey);
      if (outbox.current?.takeBack(idempotencyKey)) return;
      const labelId = labelIds.current.get(idempotencyKey);
      if (!labelId) throw new Error("This answer cannot be taken back from here any more: correct it under My labels.");
      await client.labels.withdraw.mutate({ project: slug, labelId });
      labelIds.current.delete(idempotencyKey);
      await queryClient.invalidateQueries({ queryKey: trpc.labels.progress.queryKey({ project: slug }) });
    },
    [client, slug, queryClient, trpc],
  );

  return useMemo(
    () => ({ entries, isKeptInMemory, submit, undo, discard, tryAgain, unacknowledged }),
    [entries, isKeptInMemory, submit, undo, discard, tryAgain, unacknowledged],
  );
}
