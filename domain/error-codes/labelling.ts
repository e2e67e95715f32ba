import type { ErrorTable } from "./error-facts";

/** Errors about projects, prompts, tasks and labels. */
export const LABELLING_ERRORS = {
  "project-name-conflict": { status: 409 },
  "project-not-found": { status: 404 },
  "import-broken": { status: 400 },
  "import-refused": { status: 400 },
  "import-not-found": { status: 404 },
  "no-prompts": { status: 400 },
  "prompt-not-found": { status: 404 },
  "annotator-not-found": { status: 404 },
  "no-tasks-possible": { status: 400 },
  "rubric-missing": { status: 400 },
  "task-archived-conflict": { status: 409 },
  "task-not-found": { status: 404 },
  "task-taken-conflict": { status: 409 },
  "template-not-found": { status: 404 },
  "too-few-annotators": { status: 400 },
  "already-labelled-conflict": { status: 409 },
  "idempotency-key-conflict": { status: 409 },
  "label-invalid": { status: 400 },
  "label-not-found": { status: 404 },
  "label-not-live-conflict": { status: 409 },
} as const satisfies ErrorTable;
