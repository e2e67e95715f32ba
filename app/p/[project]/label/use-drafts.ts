"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { browserStore } from "@/app/components/browser-store";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPCClient } from "@/app/trpc-client";
import { Drafts, type OpenedDraft } from "./drafts";
import type { LabelTask } from "./use-task-queue";

/** The server's copy is renewed this long after the last change, and in any case this long after the first one. */
const PAUSE_MS = 2_000;
const MOST_MS = 10_000;

export interface DraftKeeper {
  open(task: LabelTask): OpenedDraft | null;
  keep(taskId: string, content: string): void;
  forget(taskId: string): void;
  /** When the server's copy of the draft was last renewed, or that it can't be; null before that. */
  saved: { taskId: string; at: Date | null } | null;
}

/** Keeps drafts in the browser at once, and on the server after a pause, for the same person's other browsers. */
export function useDrafts(userId: string): DraftKeeper {
  const { slug } = useProject();
  const client = useTRPCClient();
  const drafts = useMemo(() => new Drafts(browserStore, { userId, project: slug }), [userId, slug]);
  const [saved, setSaved] = useState<DraftKeeper["saved"]>(null);
  const waiting = useRef<{ taskId: string; content: string; since: number } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const save = useCallback(async () => {
    const draft = waiting.current;
    waiting.current = null;
    if (timer.current) clearTimeout(timer.current);
    if (!draft) return;
    const { taskId, content } = draft;
    try {
      const { savedAt } = await client.labels.saveDraft.mutate({ project: slug, taskId, content });
      drafts.markSaved(taskId, content);
      setSaved({ taskId, at: savedAt });
    } catch {
      // The browser has the draft; the page says that the server has not, and the next change tries again.
      setSaved({ taskId, at: null });
    }
  }, [client, drafts, slug]);

  useEffect(() => {
    const onHidden = () => document.visibilityState === "hidden" && void save();
    document.addEventListener("visibilitychange", onHidden);
    return () => {
      document.removeEventListener("visibilitychange", onHidden);
      void save();
    };
  }, [save]);

  const keep = useCallback(
    (taskId: string, content: string) => {
      drafts.keep(taskId, content);
      const since = waiting.current?.taskId === taskId ? waiting.current.since : Date.now();
      if (waiting.current && waiting.current.taskId !== taskId) void save();
      waiting.current = { taskId, content, since };
      if (timer.current) clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), Math.max(0, Math.min(PAUSE_MS, since + MOST_MS - Date.now())));
    },
    [drafts, save],
  );
  const forget = useCallback(
    (taskId: string) => {
      drafts.forget(taskId);
      if (waiting.current?.taskId === taskId) waiting.current = null;
    },
    [drafts],
  );
  const open = useCallback((task: LabelTask) => drafts.open(task.taskId, task.draft), [drafts]);
  return useMemo(() => ({ open, keep, forget, saved }), [open, keep, forget, saved]);
}
