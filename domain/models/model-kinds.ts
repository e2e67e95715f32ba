/** What a model version is, in the words of the pages. */
export const MODEL_KIND_NAMES = {
  base: "imported base",
  policy: "trained model",
  reward: "reward model",
} as const;
