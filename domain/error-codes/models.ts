import type { ErrorTable } from "./error-facts";

const CHECK_FILES = "Check the files of the model, or choose another one.";
const OTHER_SETTINGS = "Start a new run with other settings.";

/** Errors about models: their files, fetching them, writing them in another form, and what they can't do. */
export const MODEL_ERRORS = {
  "model-adapted-already": { status: 400, hint: CHECK_FILES },
  "model-file-inaccessible": { status: 400, hint: CHECK_FILES },
  "model-file-invalid": { status: 400, hint: CHECK_FILES },
  "model-in-use": { status: 400 },
  "model-is-base": { status: 400 },
  "model-name-conflict": { status: 409 },
  "model-not-found": { status: 404, hint: CHECK_FILES },
  "model-place-forbidden": { status: 403, hint: CHECK_FILES },
  "model-removed": { status: 400, hint: CHECK_FILES },
  "model-scores-nothing": { status: 400, hint: CHECK_FILES },
  "model-unavailable": {
    status: 503,
    hint: "Check the network, or add a local folder as a base on the models page. Then try again.",
  },
  "model-unsupported": { status: 400, hint: CHECK_FILES },
  "model-without-base": { status: 400, hint: CHECK_FILES },
  "model-writes-no-text": { status: 400, hint: CHECK_FILES },
  "token-without-embedding": { status: 400, hint: CHECK_FILES },
  "chat-template-failed": { status: 400, hint: CHECK_FILES },
  "chat-template-missing": { status: 400, hint: CHECK_FILES },
  "export-conflict": { status: 409 },
  "export-invalid": { status: 400 },
  "import-conflict": { status: 409 },
  "output-conflict": { status: 409, hint: OTHER_SETTINGS },
} as const satisfies ErrorTable;
