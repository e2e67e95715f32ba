import { describeAnswer, entryOf } from "@/domain/labels/answer";
import type { LabelAnswer } from "@/domain/labels/kinds";
import type { LabelTask } from "./use-task-queue";

/** Says in words what is answered to what, for a person to read and copy where the answer can't be kept. */
export function aboutAnswer(task: LabelTask, answer: LabelAnswer & { note?: string }) {
  const nameOf = (id: string) => task.completions.find((completion) => completion.id === id)?.name ?? "?";
  return {
    prompt: task.prompt.messages.at(-1)?.content ?? "",
    answer: [fullText(answer) ?? describeAnswer(answer, nameOf), answer.note].filter(Boolean).join("\n\n"),
  };
}

/** A written answer in full; an answer in words of a list is none. */
function fullText(given: LabelAnswer): string | null {
  const { answer } = entryOf(given);
  if (!("content" in answer) || !("turns" in answer)) return null;
  return [...answer.turns.map(({ content }) => content), answer.content].join("\n\n");
}
