import { z } from "zod";

/** The kinds of labels. To add one: a module beside this file, a branch in `submission.ts` and in `convert.ts`. */
export const labelKindSchema = z.enum(["demonstration", "comparison", "ranking", "rating"]);
export type LabelKind = z.infer<typeof labelKindSchema>;

export const LABEL_KIND_NAMES: Record<LabelKind, string> = {
  demonstration: "Demonstration",
  comparison: "Comparison",
  ranking: "Ranking",
  rating: "Rating",
};
