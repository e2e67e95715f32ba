import { z } from "zod";
import { labelKindSchema } from "../labels/kinds";

/**
 * Which of a prompt's completions a task shows: those of the latest generation; of all generations, the newest first; or
 * those of two model versions, both of which every task then has.
 */
export const completionChoiceSchema = z.union([
  z.enum(["all", "latest"]),
  z.object({
    models: z.tuple([z.uuid(), z.uuid()]).refine(([one, other]) => one !== other, "choose two different models"),
  }),
]);
export type CompletionChoice = z.infer<typeof completionChoiceSchema>;

/** The wished properties of tasks apart from their prompts, as a template keeps them. */
export const taskWishSchema = z.object({
  kind: labelKindSchema,
  /** The task type of the prompts; null takes prompts of any type. */
  taskType: z.string().trim().min(1).max(100).nullable().default(null),
  completions: completionChoiceSchema.default("all"),
  /** The number of labels that each task needs, each by another person. */
  requiredLabels: z.number().int().min(1).max(50).default(1),
  /** The people who may do the tasks; an empty list means everyone in the project. */
  annotatorIds: z
    .array(z.uuid())
    .max(1000)
    .default([])
    .transform((ids) => [...new Set(ids)]),
});
export type TaskWish = z.infer<typeof taskWishSchema>;
