import { describeAnswer } from "@/domain/labels/answer";
import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { lettersOfTask } from "./blind-completions";
import { answerSelect, readAnswer } from "./kinds";

/** A label in a list. */
export interface LabelSummary {
  id: string;
  taskId: string;
  kind: LabelKind;
  promptText: string;
  /** The answer in words: "A clearly better". The completions have the letters that are the same for everybody. */
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
  task: {
    select: {
      completions: { orderBy: { position: "asc" }, select: { completionId: true } },
      prompt: { select: { id: true, taskType: true, messages: messagesInOrder } },
    },
  },
  presentation: { orderBy: { position: "asc" }, select: { completionId: true } },
  ...answerSelect,
} as const satisfies Prisma.LabelSelect;

export type SelectedLabel = Prisma.LabelGetPayload<{ select: typeof labelSummarySelect }>;

const nameOfCompletions = ({ taskId, task }: SelectedLabel) =>
  lettersOfTask(
    taskId,
    task.completions.map(({ completionId }) => completionId),
  );

/** Summarises a label for a list. */
export function summariseLabel(label: SelectedLabel): LabelSummary {
  const { id, taskId, note, flagged, createdAt } = label;
  const nameOf = nameOfCompletions(label);
  return {
    id,
    taskId,
    kind: toLabelKind(label.kind),
    note,
    flagged,
    imported: label.importId !== null,
    createdAt,
    promptText: promptText(label.task.prompt.messages),
    outcome: describeAnswer(readAnswer(label), nameOf),
    superseded: label.supersededBy !== null,
    withdrawn: label.withdrawal !== null,
  };
}

/**
 * Summarises a label for the annotator who gave it. A comparison's page names its completions by their sides, so it is said
 * which of them stood on which.
 */
export function summariseForAnnotator(label: SelectedLabel): OwnLabelSummary {
  const left = label.presentation[0]?.completionId;
  return {
    ...summariseLabel(label),
    left: label.kind === "comparison" && left ? nameOfCompletions(label)(left) : null,
  };
}

export interface OwnLabelSummary extends LabelSummary {
  /** The letter of the completion that stood on the left of the page, where the page names completions by their sides. */
  left: string | null;
}
