import { z } from "zod";
import { type Demonstration, demonstrationProblem, demonstrationSchema } from "@/domain/labels/demonstration";

/** What is being written: earlier turns of a conversation, if any, and the answer. */
export const demonstrationAnswerSchema = z.object({
  turns: z.array(z.object({ role: z.enum(["assistant", "user"]), content: z.string() })),
  content: z.string(),
  trainOnAllTurns: z.boolean(),
  rewriteOfCompletionId: z.string().nullable(),
});
export type DemonstrationAnswer = z.infer<typeof demonstrationAnswerSchema>;

export const EMPTY_DEMONSTRATION: DemonstrationAnswer = {
  turns: [],
  content: "",
  trainOnAllTurns: false,
  rewriteOfCompletionId: null,
};

/** What is written so far becomes the assistant's turn, a user's turn follows, and the answer starts anew. */
export const addTurn = (answer: DemonstrationAnswer): DemonstrationAnswer => ({
  ...answer,
  turns: [...answer.turns, { role: "assistant", content: answer.content }, { role: "user", content: "" }],
  content: "",
  rewriteOfCompletionId: null,
});

/** Takes the last pair of turns back; the assistant's becomes the answer again if none has been begun. */
export function removeTurn(answer: DemonstrationAnswer): DemonstrationAnswer {
  const assistant = answer.turns.at(-2);
  if (!assistant) return answer;
  return {
    ...answer,
    turns: answer.turns.slice(0, -2),
    content: answer.content.trim() === "" ? assistant.content : answer.content,
  };
}

export const editTurn = (answer: DemonstrationAnswer, index: number, content: string): DemonstrationAnswer => ({
  ...answer,
  turns: answer.turns.map((turn, at) => (at === index ? { ...turn, content } : turn)),
});

/** The label, or what is missing in words. */
export function demonstrationOf(
  answer: DemonstrationAnswer,
  completionIds: readonly string[],
): { demonstration: Demonstration } | { missing: string } {
  if (answer.content.trim() === "") return { missing: "Write the answer" };
  const parsed = demonstrationSchema.safeParse(answer);
  if (!parsed.success) return { missing: parsed.error.issues[0]?.message ?? "The answer is not complete" };
  const problem = demonstrationProblem(parsed.data, completionIds);
  return problem ? { missing: problem } : { demonstration: parsed.data };
}

/** The answer that a given demonstration stands for; a system's turn, which the page can't show, is left out. */
export function draftOfDemonstration(demonstration: Demonstration): DemonstrationAnswer {
  const { content, turns, trainOnAllTurns, rewriteOfCompletionId } = demonstration;
  const spoken = turns.flatMap((turn) => (turn.role === "system" ? [] : [{ role: turn.role, content: turn.content }]));
  return { content, turns: spoken, trainOnAllTurns, rewriteOfCompletionId: rewriteOfCompletionId ?? null };
}
