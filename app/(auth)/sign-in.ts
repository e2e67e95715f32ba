import { signIn } from "next-auth/react";

/** Signs in with email and password. Returns what went wrong in words, or null. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  const result = await signIn("credentials", { redirect: false, email, password }).catch(() => undefined);
  if (!result) return "The server cannot be reached. Try again in a moment.";
  if (result.ok && !result.error) return null;
  return result.error === "RATE_LIMIT" ? "Too many attempts. Wait a minute and try again." : "Wrong email or password.";
}
