import type { ErrorTable } from "./error-facts";

const LESS_MEMORY =
  "The most frequent cause is that memory ran out: start a new run with a smaller micro-batch or maximum length.";

/** Errors about work in the background: generations, scorings, evaluations and exports, and what ends any of them. */
export const JOB_ERRORS = {
  cancelled: { status: 400 },
  "completions-left-out": { status: 400 },
  "evaluation-finished": { status: 400 },
  "evaluation-not-found": { status: 404 },
  "export-finished": { status: 400 },
  "export-not-found": { status: 404 },
  "export-unfinished": { status: 400 },
  "generation-finished": { status: 400 },
  "generation-not-found": { status: 404 },
  "inspection-finished": { status: 400 },
  "inspection-not-found": { status: 404 },
  "non-finite-score": { status: 400, hint: "Choose another reward model." },
  "nothing-to-score": { status: 400 },
  "other-side-missing": { status: 400 },
  "out-of-memory": { status: 503, hint: LESS_MEMORY },
  "prompt-refused": { status: 400, hint: "Change the conversation, or choose another model." },
  "prompt-too-long": { status: 400, hint: "Shorten the conversation." },
  "prompts-left-out": { status: 400 },
  "characters-replaced": { status: 400 },
  "same-model": { status: 400 },
  "scoring-finished": { status: 400 },
  "scoring-not-found": { status: 404 },
  "tokens-invalid": { status: 400, hint: "Shorten the text, or choose a model with a longer context." },
  "too-few-samples": { status: 400 },
  unexpected: { status: 400 },
  "worker-died": { status: 503, hint: LESS_MEMORY },
} as const satisfies ErrorTable;
