import type { ErrorTable } from "./error-facts";

/** Errors about the instance itself: its settings, its files, its processes, and requests as such. */
export const INSTANCE_ERRORS = {
  "bench-failed": { status: 400 },
  "download-not-found": { status: 404 },
  "engine-unavailable": { status: 503, hint: "Run npm run setup on the machine that trains." },
  "file-not-found": { status: 404 },
  "input-invalid": { status: 400 },
  "options-invalid": { status: 400 },
  "path-invalid": { status: 400 },
  "role-invalid": { status: 400 },
  "settings-invalid": { status: 400 },
} as const satisfies ErrorTable;
