import { z } from "zod";

export const SCORES = [1, 2, 3, 4, 5] as const;

/** One dimension of a rating, with what each of its five steps means. */
export const criterionSchema = z.object({
  name: z.string().trim().min(1, "a criterion needs a name").max(60),
  description: z.string().trim().max(1_000).default(""),
  /** The criterion's share of the weighted mean, relative to the other criteria. */
  weight: z.number().gt(0, "a weight must be above 0").max(100).default(1),
  /** The meanings of the scores 1 to 5, in this order; empty where none needs words. */
  steps: z.array(z.string().trim().max(500)).length(SCORES.length, "a criterion has five steps"),
});
export type CriterionInput = z.infer<typeof criterionSchema>;

export const rubricSchema = z
  .array(criterionSchema)
  .min(1, "a rubric has at least one criterion")
  .max(12, "a rubric has at most 12 criteria")
  .superRefine((criteria, context) => {
    const names = criteria.map(({ name }) => name.toLowerCase());
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    if (twice >= 0)
      context.addIssue({
        code: "custom",
        path: [twice, "name"],
        message: `two criteria are called “${criteria[twice]?.name}”`,
      });
  });

/** A rubric to begin with. */
export const STARTING_RUBRIC: CriterionInput[] = [
  {
    name: "Helpfulness",
    description: "Does it do what was asked?",
    weight: 2,
    steps: [
      "Does not address the request",
      "Addresses a part, misses the point",
      "Addresses it, with clear gaps",
      "Addresses it well, with small gaps",
      "Addresses all of it; nothing to add",
    ],
  },
  {
    name: "Accuracy",
    description: "Are facts, sums and code right?",
    weight: 2,
    steps: [
      "Mostly wrong",
      "A serious error",
      "A small error",
      "Right, apart from an imprecision",
      "All of it is right",
    ],
  },
  {
    name: "Clarity",
    description: "Is it easy to read, in a good order, without filler?",
    weight: 1,
    steps: ["Cannot be understood", "Hard to follow", "Understandable with effort", "Clear", "Could not be clearer"],
  },
];
