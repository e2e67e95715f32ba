"use client";

import type { Outputs } from "@/app/trpc-client";
import { LabelRows } from "../labels/label-rows";
import { TaskActs } from "./task-acts";
import { TaskAnnotators } from "./task-annotators";
import { TaskText } from "./task-text";

/** What people said of a task, who may do it and who has it open, and the prompt with the task’s own completions. */
export function TaskLabels({ task }: { task: Outputs["tasks"]["list"]["rows"][number] }) {
  return (
    <div className="grid gap-4">
      <TaskActs task={task} />
      <LabelRows filter={{ taskId: task.id }} />
      <TaskAnnotators taskId={task.id} annotators={task.annotators} />
      <TaskText taskId={task.id} promptId={task.promptId} />
    </div>
  );
}
