import { describeAnswer } from "@/domain/labels/answer";
import type { LabelKind } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { answerSelect, readAnswer } from "./kinds";

/** A label in a list. */
export interface LabelSummary {
  id: string;
  taskId: string;
  kind: LabelKind;
  promptText: string;
  /** What was said, in words: "left clearly better". */
  outcome: string;
  note: string | null;
  flagged: boolean;
  /** True where the label came with a file. */
  imported: boolean;
  createdAt: Date;
  superseded: boolean;
  withdrawn: boolean;
}

export const labelSummarySelect = {
  id: true,
  taskId: true,
  kind: true,
  note: true,
  flagged: true,
  importId: true,
  createdAt: true,
  withdrawal: { select: { createdAt: true } },
  supersededBy: { select: { id: true } },
  task: { select: { prompt: { select: { id: true, taskType: true, messages: messagesInOrder } } } },
  presentation: { orderBy: { position: "asc" }, select: { completionId: true } },
  ...answerSelect,
} as const satisfies Prisma.LabelSelect;

export type SelectedLabel = Prisma.LabelGetPayload<{ select: typeof labelSummarySelect }>;

export function summariseLabel(label: SelectedLabel): LabelSummary {
  const { id, taskId, kind, note, flagged, createdAt } = label;
  return {
    id,
    taskId,
    kind,
    note,
    flagged,
    imported: label.importId !== null,
    createdAt,
    promptText: promptText(label.task.prompt.messages),
    outcome: describeAnswer(
      readAnswer(label),
      label.presentation.map(({ completionId }) => completionId),
    ),
    superseded: label.supersededBy !== null,
    withdrawn: label.withdrawal !== null,
  };
}
