import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { countAttempt } from "./count-attempt";
import { emailSchema } from "./email";
import { verifyPassword } from "./password";

const credentialsSchema = z.object({ email: emailSchema, password: z.string().min(1).max(200) });

/** The attempts a minute that are allowed for one account, and from one address. */
const PER_ACCOUNT = 8;
const PER_ADDRESS = 60;

/**
 * Checks email and password for next-auth; null means "wrong email or password".
 * @throws Error `RATE_LIMIT`, the word that next-auth hands to the login page
 */
export async function signIn(raw: unknown, address: string) {
  const credentials = credentialsSchema.safeParse(raw);
  if (!credentials.success) return null;
  const { email, password } = credentials.data;
  try {
    await countAttempt(`sign-in-address:${address}`, PER_ADDRESS, 60);
    await countAttempt(`sign-in:${email}`, PER_ACCOUNT, 60);
  } catch (error) {
    if (error instanceof DomainError) throw new Error("RATE_LIMIT", { cause: error });
    throw error;
  }
  const user = await database().user.findUnique({ where: { email } });
  const right = await verifyPassword(user?.passwordHash, password);
  if (!user || !right || user.deactivatedAt) return null;
  return { id: user.id, email: user.email, name: user.name, sessionVersion: user.sessionVersion };
}
