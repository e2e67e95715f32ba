/**
 * The keys of RUN.json that say where things are, and what each names. They follow from a run's base and dataset version
 * in the web app, where nobody can choose them by hand; all other keys are hyperparameters.
 */
export const PLACES = {
  model: "model",
  adapter: "file",
  dataset: "file",
  validationDataset: "file",
  rewardModels: "models",
  sftDataset: "file",
  auxiliaryDataset: "file",
} as const satisfies Record<string, "model" | "models" | "file">;

export type Place = keyof typeof PLACES;

export const isPlace = (key: string): key is Place => Object.hasOwn(PLACES, key);
