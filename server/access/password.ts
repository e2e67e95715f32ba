import { hash, verify } from "@node-rs/argon2";
import { z } from "zod";

/** The parameters are OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. A hash takes about 10 ms. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const passwordSchema = z
  .string()
  .min(10, "a password has at least 10 characters")
  .max(200, "a password has at most 200 characters");

export const hashPassword = (password: string): Promise<string> => hash(password, ARGON2);

let dummyHash: Promise<string> | undefined;

/**
 * Checks a password in the same time whether or not the person exists, so that the clock does not tell who has an
 * account.
 */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  if (passwordHash) return verify(passwordHash, password);
  dummyHash ??= hashPassword("nobody has this password");
  await verify(await dummyHash, password);
  return false;
}
