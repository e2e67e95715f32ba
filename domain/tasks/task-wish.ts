import { z } from "zod";
import { labelKindSchema } from "../labels/kinds";

/** What tasks are to be like, apart from their prompts: what a template keeps. */
export const taskWishSchema = z.object({
  kind: labelKindSchema,
  /** Only prompts of this task type; null: of any. */
  taskType: z.string().trim().min(1).max(100).nullable().default(null),
  /** Labels that each task needs, each of another person. */
  requiredLabels: z.number().int().min(1).max(50).default(1),
  /** Who may do them; nobody named: everyone in the project. */
  annotatorIds: z
    .array(z.uuid())
    .max(1000)
    .default([])
    .transform((ids) => [...new Set(ids)]),
});
export type TaskWish = z.infer<typeof taskWishSchema>;
