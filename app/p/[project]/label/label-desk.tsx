"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { Notice } from "@/app/components/notice";
import { useShortcuts } from "@/app/components/shortcuts";
import { dismissToast, toast, undoToast } from "@/app/components/toast";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC, useTRPCClient } from "@/app/trpc-client";
import type { LabelKind } from "@/domain/labels/kinds";
import type { SkipReason } from "@/domain/labels/skip-reason";
import { aboutAnswer } from "./answer-text";
import { DeskHeader } from "./desk-header";
import { DeskState } from "./desk-state";
import { GuidelinesSheet } from "./guidelines-sheet";
import { draftOfAnswer } from "./kinds";
import type { AnswerBody } from "./kinds/kind-page";
import { OpenTask } from "./open-task";
import { SkipDialog } from "./skip-dialog";
import { UnsentAnswers } from "./unsent-answers";
import { type Act, useActs } from "./use-acts";
import { useDeaf } from "./use-deaf";
import { useDrafts } from "./use-drafts";
import { useLease } from "./use-lease";
import { useOutbox } from "./use-outbox";
import { useTaskQueue } from "./use-task-queue";
import { useVisibleTime } from "./use-visible-time";

/**
 * Where annotators spend the day: one task on the page, the next in hand, answers in an outbox that outlives the tab.
 * Submitting shows the next task at once, for the outbox guarantees that the answer arrives.
 */
export function LabelDesk({ userId, kind }: { userId: string; kind?: LabelKind }) {
  const { slug } = useProject();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const outbox = useOutbox(userId);
  const drafts = useDrafts(userId);
  const queue = useTaskQueue(kind, outbox.unacknowledged);
  const progress = useQuery(trpc.labels.progress.queryOptions({ project: slug }));
  const { acts, remember, forget } = useActs();
  const [dialog, setDialog] = useState<"guidelines" | "skip" | null>(null);
  const task = queue.current?.task ?? null;
  const lost = useLease(queue.current);
  const { isDeaf, hears } = useDeaf(task?.taskId ?? null);
  const visibleTime = useVisibleTime(task?.taskId ?? null);
  const top = useRef<HTMLDivElement>(null);
  const skipToast = useRef<number | null>(null);

  useEffect(() => {
    if (task) top.current?.scrollIntoView({ block: "start" });
  }, [task]);

  const countAgain = useCallback(
    () => queryClient.invalidateQueries({ queryKey: trpc.labels.progress.queryKey({ project: slug }) }),
    [queryClient, slug, trpc],
  );
  useEffect(() => {
    // What is said of an empty desk must be true now, and again whenever the desk has looked again.
    if (queue.state !== "empty") return;
    void countAgain();
    const timer = setInterval(() => void countAgain(), 30_000);
    return () => clearInterval(timer);
  }, [queue.state, countAgain]);

  const onSubmit = (body: AnswerBody) => {
    if (!task || !hears()) return;
    const idempotencyKey = crypto.randomUUID();
    const shownOrder = task.completions.map((completion) => completion.id);
    outbox.submit(
      { ...body, taskId: task.taskId, idempotencyKey, shownOrder, durationMs: visibleTime() },
      aboutAnswer(task, body),
    );
    const draft = draftOfAnswer({ task, answer: { ...body, note: body.note ?? null } });
    remember({ kind: "answer", task, idempotencyKey, draft });
    drafts.forget(task.taskId);
    queue.advance();
  };

  const undo = async (act: Act) => {
    if (skipToast.current !== null) dismissToast(skipToast.current);
    try {
      if (act.kind === "answer") await outbox.undo(act.idempotencyKey);
      else await client.labels.unskip.mutate({ project: slug, taskId: act.task.taskId });
      forget(act);
      if (act.draft !== null) drafts.keep(act.task.taskId, act.draft);
      queue.goBack(act.task);
      void countAgain();
    } catch (error) {
      toast({
        title: act.kind === "answer" ? "The answer was not taken back" : "The skip was not taken back",
        detail: error instanceof Error && !("data" in error) ? error.message : errorText(error),
        tone: "bad",
      });
    }
  };
  const last = acts.at(-1);
  const undoLast = () => void (last && undo(last));

  const skip = async (reason: SkipReason) => {
    if (!task) return;
    setDialog(null);
    const act: Act = { kind: "skip", task, draft: drafts.open(task)?.content ?? null };
    queue.advance();
    try {
      await client.labels.skip.mutate({ project: slug, taskId: task.taskId, reason });
      drafts.forget(task.taskId);
      remember(act);
      skipToast.current = undoToast("Skipped.", () => void undo(act));
      void countAgain();
    } catch (error) {
      queue.goBack(task);
      toast({ title: "The skip was not saved", detail: errorText(error), tone: "bad" });
    }
  };

  useShortcuts("Labelling", [
    {
      keys: "Ctrl+Z",
      label: "Take the last answer or skip back",
      run: undoLast,
      disabled: !last,
    },
    {
      keys: "Ctrl+Space",
      label: "Skip, with a reason",
      run: () => setDialog("skip"),
      whileTyping: true,
      disabled: !task,
    },
    { keys: "I", label: "Guidelines (instructions)", run: () => setDialog("guidelines") },
  ]);

  return (
    <div
      ref={top}
      className="mx-auto -mb-5 flex min-h-[calc(100dvh-1.25rem)] max-w-6xl scroll-mt-4 flex-col max-md:min-h-[calc(100dvh-4.0625rem)]"
    >
      <DeskHeader
        progress={progress.data}
        outbox={outbox}
        saved={drafts.saved?.taskId === task?.taskId ? drafts.saved : null}
        onGuidelines={() => setDialog("guidelines")}
        onSkip={task ? () => setDialog("skip") : undefined}
        onUndo={last ? undoLast : undefined}
      />
      <UnsentAnswers outbox={outbox} />
      {lost && (
        <div className="mb-3">
          <Notice tone="warn" title={lost}>
            What you have written stays on this page: copy it if you need it, and skip the task.
          </Notice>
        </div>
      )}
      {task ? (
        <OpenTask key={task.taskId} task={task} drafts={drafts} isDeaf={isDeaf} onSubmit={onSubmit} />
      ) : (
        <DeskState queue={queue} progress={progress.data} />
      )}
      <GuidelinesSheet open={dialog === "guidelines"} onOpenChange={(open) => setDialog(open ? "guidelines" : null)} />
      <SkipDialog
        open={dialog === "skip"}
        onOpenChange={(open) => setDialog(open ? "skip" : null)}
        onSkip={(reason) => void skip(reason)}
      />
    </div>
  );
}
