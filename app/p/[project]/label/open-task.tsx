import { useCallback, useState } from "react";
import { Button } from "@/app/components/button";
import { Notice } from "@/app/components/notice";
import { KIND_PAGES } from "./kinds";
import type { AnswerBody } from "./kinds/kind-page";
import type { DraftKeeper } from "./use-drafts";
import type { LabelTask } from "./use-task-queue";

/** The task on the page, with the newest draft of it; where that is another browser's, this is said. */
export function OpenTask({
  task,
  drafts,
  isDeaf,
  onSubmit,
}: {
  task: LabelTask;
  drafts: DraftKeeper;
  isDeaf: boolean;
  onSubmit(body: AnswerBody): void;
}) {
  const [opened, setOpened] = useState(() => drafts.open(task));
  const [turn, setTurn] = useState(0);
  const { keep } = drafts;
  const onDraft = useCallback((content: string) => keep(task.taskId, content), [keep, task.taskId]);
  const Task = KIND_PAGES[task.kind].Task;
  const swap = () => {
    if (!opened?.other) return;
    keep(task.taskId, opened.other);
    setOpened({ content: opened.other, elsewhere: null, other: opened.content });
    setTurn((now) => now + 1);
  };
  return (
    <>
      {opened?.other && (
        <div className="mb-3">
          <Notice
            title={
              opened.elsewhere
                ? `Your draft of ${timeOf(opened.elsewhere.written)} from another browser is shown`
                : "This browser’s draft is shown"
            }
            action={
              <Button size="sm" onClick={swap}>
                Show the other draft
              </Button>
            }
          >
            There is another draft of yours of this task.
          </Notice>
        </div>
      )}
      <Task
        key={turn}
        task={task}
        draft={opened?.content ?? null}
        isDeaf={isDeaf}
        onDraft={onDraft}
        onSubmit={onSubmit}
      />
    </>
  );
}

export const timeOf = (date: Date): string => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
