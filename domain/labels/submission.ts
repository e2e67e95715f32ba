import { z } from "zod";
import { comparisonSchema } from "./comparison";
import { demonstrationSchema } from "./demonstration";
import { rankingSchema } from "./ranking";
import { ratingSchema } from "./rating";

const common = {
  taskId: z.uuid(),
  /** Made by the client once for each answer: sending it twice gives one label. */
  idempotencyKey: z.uuid(),
  /** The completions in the order in which they stood on the page. */
  shownOrder: z.array(z.uuid()).max(16),
  durationMs: z.number().int().min(0).max(86_400_000).optional(),
  note: z.string().trim().max(2_000).optional(),
  flagged: z.boolean().optional(),
};

/** What an annotator sends: one branch a label kind. */
export const labelSubmissionSchema = z.discriminatedUnion("kind", [
  z.object({ ...common, kind: z.literal("comparison"), comparison: comparisonSchema }),
  z.object({ ...common, kind: z.literal("ranking"), ranking: rankingSchema }),
  z.object({ ...common, kind: z.literal("rating"), rating: ratingSchema }),
  z.object({ ...common, kind: z.literal("demonstration"), demonstration: demonstrationSchema }),
]);
export type LabelSubmission = z.infer<typeof labelSubmissionSchema>;

/** Why a task was passed over. */
export const skipReasonSchema = z.enum(["unclear_prompt", "need_expertise", "harmful_content", "broken_text", "other"]);
export type SkipReason = z.infer<typeof skipReasonSchema>;

export const SKIP_REASON_WORDS: Record<SkipReason, string> = {
  unclear_prompt: "The prompt is unclear",
  need_expertise: "I lack the expertise",
  harmful_content: "Harmful content",
  broken_text: "The text is broken",
  other: "Another reason",
};
