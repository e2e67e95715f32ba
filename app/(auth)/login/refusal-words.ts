const WORDS: Record<string, string> = {
  "not-invited":
    "Nobody with this email address has been invited. Ask a project admin for an invitation to exactly this address.",
  "no-verified-email":
    "The other service has not verified your email address. Verify it there, or sign in with a password.",
  "too-many-attempts": "Too many attempts. Wait a minute and try again.",
};

/** Why a sign-in through another service came back, in words. */
export const refusalWords = (code: string | undefined): string | null =>
  code
    ? (WORDS[code] ?? "Signing in through the other service did not work. Try again, or sign in with a password.")
    : null;
