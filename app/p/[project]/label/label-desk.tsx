"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { useShortcuts } from "@/app/components/shortcuts";
import { toast } from "@/app/components/toast";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC, useTRPCClient } from "@/app/trpc-client";
import type { LabelKind } from "@/domain/labels/kinds";
import type { SkipReason } from "@/domain/labels/skip-reason";
import { DeskHeader } from "./desk-header";
import { DeskState } from "./desk-state";
import { forgetDraft, keepDraft, readDraft } from "./drafts";
import { GuidelinesSheet } from "./guidelines-sheet";
import { KIND_PAGES } from "./kinds";
import type { AnswerBody } from "./kinds/kind-page";
import { SkipDialog } from "./skip-dialog";
import { useOutbox } from "./use-outbox";
import { type LabelTask, useTaskQueue } from "./use-task-queue";
import { useVisibleTime } from "./use-visible-time";

/**
 * Where annotators spend the day: one task on the page, the next in hand, answers in an outbox that outlives the tab.
 * Submitting shows the next task at once, for the outbox guarantees that the answer arrives.
 */
export function LabelDesk({ userId, kind }: { userId: string; kind?: LabelKind }) {
  const { slug } = useProject();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const outbox = useOutbox(userId);
  const queue = useTaskQueue(kind, outbox.unacknowledged);
  const progress = useQuery(trpc.labels.progress.queryOptions({ project: slug }));
  const [submitted, setSubmitted] = useState<{ task: LabelTask; idempotencyKey: string; draft: string | null }[]>([]);
  const [dialog, setDialog] = useState<"guidelines" | "skip" | null>(null);
  const task = queue.current;
  const visibleTime = useVisibleTime(task?.taskId ?? null);
  const top = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (task) top.current?.scrollIntoView({ block: "start" });
  }, [task]);

  const onSubmit = (body: AnswerBody) => {
    if (!task) return;
    const idempotencyKey = crypto.randomUUID();
    const shownOrder = task.completions.map((completion) => completion.id);
    outbox.submit({ ...body, taskId: task.taskId, idempotencyKey, shownOrder, durationMs: visibleTime() });
    setSubmitted((before) => [...before.slice(-19), { task, idempotencyKey, draft: readDraft(task.taskId) }]);
    forgetDraft(task.taskId);
    queue.advance();
  };

  const undo = async () => {
    const last = submitted.at(-1);
    if (!last) return;
    try {
      await outbox.undo(last.idempotencyKey);
      setSubmitted((before) => before.slice(0, -1));
      if (last.draft !== null) keepDraft(last.task.taskId, last.draft);
      queue.goBack(last.task);
    } catch (error) {
      toast({
        title: "The answer was not taken back",
        detail: error instanceof Error && !("data" in error) ? error.message : errorText(error),
        tone: "bad",
      });
    }
  };

  const skip = async (reason: SkipReason) => {
    if (!task) return;
    setDialog(null);
    queue.advance();
    try {
      await client.labels.skip.mutate({ project: slug, taskId: task.taskId, reason });
    } catch (error) {
      toast({ title: "The skip was not saved", detail: errorText(error), tone: "bad" });
    }
  };

  useShortcuts("Labelling", [
    {
      keys: "Ctrl+Z",
      label: "Take the last submission back",
      run: () => void undo(),
      disabled: submitted.length === 0,
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

  const onDraft = useCallback((content: string) => task && keepDraft(task.taskId, content), [task]);
  const TaskPage = task ? KIND_PAGES[task.kind].Task : undefined;
  return (
    <div ref={top} className="mx-auto max-w-6xl scroll-mt-4">
      <DeskHeader
        progress={progress.data}
        outbox={outbox}
        onGuidelines={() => setDialog("guidelines")}
        onSkip={task ? () => setDialog("skip") : undefined}
        onUndo={submitted.length > 0 ? () => void undo() : undefined}
      />
      {task && TaskPage ? (
        <TaskPage
          key={task.taskId}
          task={task}
          draft={readDraft(task.taskId) ?? task.draft}
          onDraft={onDraft}
          onSubmit={onSubmit}
        />
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
