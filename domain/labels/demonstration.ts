import { z } from "zod";
import { messageSchema } from "../messages";
import type { Conversion, KindParts, StoredAnswer } from "./kind-parts";

export const demonstrationSchema = z.object({
  /** The assistant's answer, which is the target of training. */
  content: z
    .string()
    .max(100_000)
    // White space is kept as it was typed; it is ignored only to decide whether the answer is empty.
    .refine((content) => content.trim() !== "", "a demonstration is not empty"),
  /** The alternating turns between the prompt and the answer, where the demonstration is a conversation. */
  turns: z.array(messageSchema).max(64).default([]),
  /** True where every assistant turn is trained on instead of the last one alone. */
  trainOnAllTurns: z.boolean().default(false),
  /** The completion that this answer rewrites: the pair of both becomes a preference. */
  rewriteOfCompletionId: z.uuid().nullish(),
});
export type Demonstration = z.infer<typeof demonstrationSchema>;

/**
 * Checks that the turns go assistant, user, … user after a prompt that ends with the user. Returns what is wrong, or
 * null.
 */
export function demonstrationProblem(demonstration: Demonstration, completionIds: readonly string[]): string | null {
  const alternates = demonstration.turns.every((turn, index) => turn.role === (index % 2 === 0 ? "assistant" : "user"));
  if (!alternates || demonstration.turns.length % 2 !== 0)
    return "the turns alternate: assistant, user, … and end with the user";
  if (demonstration.turns.some((turn) => turn.content.trim() === "")) return "a turn is empty";
  const rewritten = demonstration.rewriteOfCompletionId;
  return rewritten && !completionIds.includes(rewritten) ? "the rewritten completion is not part of the task" : null;
}

const EXCERPT = 80;

function describeDemonstration({ content, rewriteOfCompletionId }: Demonstration): string {
  const excerpt = content.length > EXCERPT ? `${content.slice(0, EXCERPT - 1)}…` : content;
  return `${rewriteOfCompletionId ? "rewrote as" : "wrote"} “${excerpt}”`;
}

export type StoredDemonstration = StoredAnswer<"demonstration", Demonstration> & {
  /** The completion row that keeps the answer. */
  completionId: string;
};

/**
 * The margin of the pair that a rewrite makes. The annotator found the original worth rewriting, so the rewrite counts
 * as clearly better.
 */
export const REWRITE_MARGIN = 2 / 3;

/** Turns each demonstration into a record of its own. A rewrite gives a preference pair besides. */
export function convertDemonstrations(labels: readonly StoredDemonstration[]): Conversion {
  return {
    records: labels.flatMap((label) => {
      const { turns, trainOnAllTurns, rewriteOfCompletionId } = label.demonstration;
      const labelIds = [label.id];
      const own = {
        kind: "demonstration" as const,
        promptId: label.promptId,
        completionId: label.completionId,
        turns,
        trainOnAllTurns,
        groupId: null,
        labelIds,
      };
      if (!rewriteOfCompletionId || turns.length > 0) return [own];
      return [
        own,
        {
          kind: "preference" as const,
          promptId: label.promptId,
          chosenCompletionId: label.completionId,
          rejectedCompletionId: rewriteOfCompletionId,
          margin: REWRITE_MARGIN,
          groupId: null,
          labelIds,
          votes: { for: 1, against: 0 },
        },
      ];
    }),
    used: labels.map((label) => label.id),
    leftOut: [],
  };
}

export const demonstrationKind = {
  kind: "demonstration",
  name: "Demonstration",
  asks: "People write the answer that the model should have given.",
  completions: { least: 0, most: 0 },
  answer: demonstrationSchema,
  problem: (demonstration, { completionIds }) => demonstrationProblem(demonstration, completionIds),
  rename: (demonstration, idOf) =>
    demonstration.rewriteOfCompletionId
      ? { ...demonstration, rewriteOfCompletionId: idOf(demonstration.rewriteOfCompletionId) }
      : demonstration,
  describe: describeDemonstration,
  convert: convertDemonstrations,
  agreement: { undefinedBecause: "two texts neither agree nor disagree" },
} satisfies KindParts<"demonstration", Demonstration, StoredDemonstration>;
