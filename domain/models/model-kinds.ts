/** The kinds of model versions, in the words of the pages. */
export const MODEL_KIND_NAMES = {
  base: "imported base",
  policy: "trained model",
  reward: "reward model",
} as const;
