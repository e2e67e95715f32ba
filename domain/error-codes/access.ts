import type { ErrorTable } from "./error-facts";

/** Errors about who someone is and what this person may do. */
export const ACCESS_ERRORS = {
  "signed-out": { status: 401 },
  "admin-forbidden": { status: 403 },
  "too-many-attempts": { status: 429 },
  "account-conflict": { status: 409 },
  "invitation-email-forbidden": { status: 403 },
  "invitation-expired": { status: 400 },
  "invitation-not-found": { status: 404 },
  "invitation-revoked": { status: 400 },
  "invitation-used": { status: 400 },
  "invitation-void": { status: 400 },
  "deactivation-conflict": { status: 409 },
  "last-admin-conflict": { status: 409 },
  "member-not-found": { status: 404 },
  "person-not-found": { status: 404 },
  "password-reset-forbidden": { status: 403 },
  "password-reset-invalid": { status: 400 },
  "password-wrong": { status: 400 },
  "setup-done-conflict": { status: 409 },
  "setup-token-invalid": { status: 400 },
} as const satisfies ErrorTable;
