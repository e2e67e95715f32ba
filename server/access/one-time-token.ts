import { createHash, randomBytes } from "node:crypto";

/**
 * Makes a secret that is shown once; the database keeps its hash only. It has 192 bits, so that no slow hash is needed.
 */
export function makeToken(): { token: string; tokenHash: string } {
  const token = randomBytes(24).toString("base64url");
  return { token, tokenHash: hashToken(token) };
}

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");
