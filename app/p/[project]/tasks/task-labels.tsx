"use client";

import { LabelRows } from "../labels/label-rows";
import { PromptDetail } from "../prompts/prompt-detail";
import type { Person } from "./annotator-picker";
import { TaskAnnotators } from "./task-annotators";

/** What people said of a task and who may do it, and the prompt with its completions. */
export function TaskLabels({ task }: { task: { id: string; promptId: string; annotators: Person[] } }) {
  return (
    <div className="grid gap-4">
      <LabelRows filter={{ taskId: task.id }} />
      <TaskAnnotators taskId={task.id} annotators={task.annotators} />
      <PromptDetail promptId={task.promptId} />
    </div>
  );
}
