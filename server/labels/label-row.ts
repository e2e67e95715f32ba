import { describeAnswer } from "@/domain/labels/answer";
import { lettersOf, type NameOf, sidesOf } from "@/domain/labels/completion-names";
import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Prisma } from "@/generated/prisma/client";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { answerSelect, readAnswer } from "./kinds";

/** A label in a list. */
export interface LabelSummary {
  id: string;
  taskId: string;
  kind: LabelKind;
  promptText: string;
  /** The answer in words: "A clearly better"; of one's own label as the page had it: "left clearly better". */
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

const idsOf = (places: readonly { completionId: string }[]) => places.map(({ completionId }) => completionId);

/**
 * Summarises a label for a list in which several people's answers to a task may stand side by side. The completions have
 * letters in the task's own order, the same for everybody.
 */
export const summariseForAll = (label: SelectedLabel): LabelSummary =>
  summarise(label, lettersOf(idsOf(label.task.completions)));

/** Summarises a label for the annotator who gave it, with the sides or letters that the completions had on the page. */
export const summariseForAnnotator = (label: SelectedLabel): LabelSummary =>
  summarise(label, (label.kind === "comparison" ? sidesOf : lettersOf)(idsOf(label.presentation)));

function summarise(label: SelectedLabel, nameOf: NameOf): LabelSummary {
  const { id, taskId, note, flagged, createdAt } = label;
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
