"use client";

import { LabelRows } from "../labels/label-rows";
import { PromptDetail } from "../prompts/prompt-detail";

/** What people said of a task, and the prompt with its completions. */
export function TaskLabels({ taskId, promptId }: { taskId: string; promptId: string }) {
  return (
    <div className="grid gap-4">
      <LabelRows filter={{ taskId }} />
      <PromptDetail promptId={promptId} />
    </div>
  );
}
