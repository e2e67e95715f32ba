import type { ErrorTable } from "./error-facts";

const LOOK_AT_DATASET = "Look at what the dataset version left out and why. Longer prompts need a larger maxLength.";

/** Errors about dataset versions, their files and what is left out of them. */
export const DATASET_ERRORS = {
  "dataset-empty": { status: 400, hint: LOOK_AT_DATASET },
  "dataset-invalid": { status: 400, hint: LOOK_AT_DATASET },
  "dataset-not-found": { status: 404, hint: LOOK_AT_DATASET },
  "exclusion-not-found": { status: 404 },
  "too-few-labels": { status: 400, hint: "Label more, then start a new run." },
} as const satisfies ErrorTable;
