"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC, useTRPCClient } from "@/app/trpc-client";
import type { LabelSubmission } from "@/domain/labels/submission";
import { Outbox, type OutboxEntry } from "./outbox";
import { sendAnswer } from "./send-answer";

/** How many acknowledged labels can be taken back with Ctrl+Z. */
const REMEMBERED = 20;

export interface OutboxState {
  entries: readonly OutboxEntry[];
  submit(submission: LabelSubmission): void;
  /** Takes an answer back, wherever it is on its way. Rejects with a sentence if the server will not. */
  undo(idempotencyKey: string): Promise<void>;
  discard(idempotencyKey: string): void;
  /** Tasks whose answers the server has not acknowledged. */
  unacknowledged(): string[];
}

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
    const box = new Outbox({
      storage: window.localStorage,
      storageKey: `tuneloop:outbox:${userId}:${slug}`,
      wait: (milliseconds) =>
        new Promise((resolve) => {
          setTimeout(resolve, milliseconds);
          window.addEventListener("online", () => resolve(), { once: true });
        }),
      send: (submission) => sendAnswer(client, slug, submission),
      onChange: (next) => setEntries([...next]),
      onAcknowledged: (submission, { labelId }) => {
        labelIds.current.set(submission.idempotencyKey, labelId);
        const oldest = labelIds.current.keys().next().value;
        if (labelIds.current.size > REMEMBERED && oldest !== undefined) labelIds.current.delete(oldest);
        void queryClient.invalidateQueries({ queryKey: trpc.labels.progress.queryKey({ project: slug }) });
      },
    });
    outbox.current = box;
    setEntries([...box.pending]);
    void box.flush();
    return () => {
      outbox.current = null;
    };
  }, [client, slug, queryClient, trpc, userId]);

  const submit = useCallback((submission: LabelSubmission) => outbox.current?.add(submission), []);
  const discard = useCallback((idempotencyKey: string) => void outbox.current?.takeBack(idempotencyKey), []);
  const unacknowledged = useCallback(() => (outbox.current?.pending ?? []).map((entry) => entry.submission.taskId), []);
  const undo = useCallback(
    async (idempotencyKey: string) => {
      if (outbox.current?.takeBack(idempotencyKey)) return;
      await outbox.current?.flush();
      const labelId = labelIds.current.get(idempotencyKey);
      if (!labelId) throw new Error("This answer cannot be taken back from here any more: correct it under My labels.");
      await client.labels.withdraw.mutate({ project: slug, labelId });
      labelIds.current.delete(idempotencyKey);
      await queryClient.invalidateQueries({ queryKey: trpc.labels.progress.queryKey({ project: slug }) });
    },
    [client, slug, queryClient, trpc],
  );

  return useMemo(
    () => ({ entries, submit, undo, discard, unacknowledged }),
    [entries, submit, undo, discard, unacknowledged],
  );
}
