const WORDS: Record<string, string> = {
  "not-invited":
    "Nobody with this email address has been invited. Ask a project admin for an invitation to exactly this address.",
  "no-verified-email":
    "The other service has not verified your email address. Verify it there, or sign in with a password.",
  "confirm-first":
    "There is an account with this address that runs a project or the instance, and nobody has confirmed the address yet. Sign in with its password, then confirm the address on the account page. If the account is not yours, tell the admin.",
  "too-many-attempts": "Too many attempts. Wait a minute and try again.",
};

/** Why a sign-in through another service came back, in words. */
export const refusalWords = (code: string | undefined): string | null =>
  code
    ? ((Object.hasOwn(WORDS, code) ? WORDS[code] : undefined) ??
      "Signing in through the other service did not work. Try again, or sign in with a password.")
    : null;
