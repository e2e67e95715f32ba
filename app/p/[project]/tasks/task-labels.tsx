"use client";

import type { Outputs } from "@/app/trpc-client";
import { LabelRows } from "../labels/label-rows";

<<<<<<< HEAD

import { PromptDetail } from "../prompts/prompt-detail";
import { TaskActs } from "./task-acts";

=======

import type { Person } from "./annotator-picker";

>>>>>>> 67efd778 (A task's page names its own completions by their letters and says who holds it; unsaved guidelines and rubrics are kept in the browser)

import { TaskAnnotators } from "./task-annotators";
import { TaskText } from "./task-text";

<<<<<<< HEAD
/** What people said of a task, who may do it and who has it open, and the prompt with its completions. */
export function TaskLabels({ task }: { task: Outputs["tasks"]["list"]["rows"][number] }) {
=======
/** What people said of a task and who may do it, and the prompt with the task’s completions. */
export function TaskLabels({ task }: { task: { id: string; promptId: string; annotators: Person[] } }) {
>>>>>>> 67efd778 (A task's page names its own completions by their letters and says who holds it; unsaved guidelines and rubrics are kept in the browser)
  return (
    <div className="grid gap-4">
      <TaskActs task={task} />
      <LabelRows filter={{ taskId: task.id }} />
      <TaskAnnotators taskId={task.id} annotators={task.annotators} />
      <TaskText taskId={task.id} promptId={task.promptId} />
    </div>
  );
}
