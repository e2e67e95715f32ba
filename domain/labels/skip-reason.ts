import { z } from "zod";

/** The reasons for which a person passes over a task. */
export const skipReasonSchema = z.enum(["unclear_prompt", "need_expertise", "harmful_content", "broken_text", "other"]);
export type SkipReason = z.infer<typeof skipReasonSchema>;

export const SKIP_REASON_WORDS: Record<SkipReason, string> = {
  unclear_prompt: "The prompt is unclear",
  need_expertise: "I lack the expertise",
  harmful_content: "Harmful content",
  broken_text: "The text is garbled",
  other: "Another reason",
};
