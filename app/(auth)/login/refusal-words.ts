const WORDS: Record<string, string> = {
  "not-invited":
    "Nobody with this address has been invited. Ask an admin of a project for an invitation to exactly this address.",
  "no-verified-email": "The other service does not vouch for your email address. Verify it there, or use a password.",
  "too-many-attempts": "Too many attempts. Wait a minute and try again.",
};

/** Why a sign-in through another service came back, in words. */
export const refusalWords = (code: string | undefined): string | null =>
  code ? (WORDS[code] ?? "Signing in through the other service did not work. Try again, or use a password.") : null;
