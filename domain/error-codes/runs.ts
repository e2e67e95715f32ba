import type { ErrorTable } from "./error-facts";

const OTHER_SETTINGS = "Start a new run with other settings.";
const NOT_FINITE =
  "The message says where the failure begins. If it came after some steps, a lower learning rate helps; if it was there from the first step, another base model does.";

/** Errors about training runs: what they are asked, how they end, and the files that they leave. */
export const RUN_ERRORS = {
  "awaited-run-ended": { status: 400 },
  "checkpoint-conflict": { status: 409, hint: OTHER_SETTINGS },
  "checkpoint-invalid": { status: 400, hint: OTHER_SETTINGS },
  "checkpoint-missing": { status: 400, hint: OTHER_SETTINGS },
  "checkpoint-not-found": { status: 404, hint: OTHER_SETTINGS },
  "non-finite-loss": { status: 400, hint: NOT_FINITE },
  "nothing-to-correct": { status: 400 },
  "pattern-endless": { status: 400, hint: "Change the pattern that the message names. Then start a new run." },
  "reward-in-doubt": { status: 400 },
  "reward-missing": { status: 400 },
  "reward-report-invalid": { status: 400 },
  "rollout-not-found": { status: 404 },
  "rollouts-invalid": { status: 400 },
  "run-cancelled": { status: 400 },
  "run-config-invalid": { status: 400, hint: OTHER_SETTINGS },
  "run-finished": { status: 400 },
  "run-not-found": { status: 404 },
  "run-not-retryable": { status: 400 },
  "run-not-stopped": { status: 400 },
  "run-paused": {
    status: 400,
    hint: "Read the diagnosis. Continue the run if you accept the finding, or start a new run as the diagnosis advises.",
  },
  "sweep-invalid": { status: 400 },
} as const satisfies ErrorTable;
