import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { textSchema } from "@/domain/storable-text";
import { database } from "../database/client";
import { emailSchema } from "./email";
import { type Limit, limitFailures } from "./limit-attempts";
import { verifyPassword } from "./password";

const credentialsSchema = z.object({ email: emailSchema, password: textSchema.min(1).max(200) });

/**
 * The failures that are allowed. An account's count is kept for each address apart, so that nobody can lock somebody else
 * out; an address's count leaves room for a class behind one router, each of whom mistypes now and then.
 */
const limitsOf = (email: string, address: string): Limit[] => [
  { key: ["sign-in from an address", address], attempts: 100, seconds: 60 },
  { key: ["sign-in to an account from an address", email, address], attempts: 8, seconds: 60 },
  { key: ["sign-in to an account from an address", email, address], attempts: 50, seconds: 3600 },
];

/**
 * Checks email and password for next-auth; null means "wrong email or password".
 * @throws Error `RATE_LIMIT`, the word that next-auth hands to the login page
 */
export async function signIn(raw: unknown, address: string) {
  const credentials = credentialsSchema.safeParse(raw);
  if (!credentials.success) return null;
  const { email, password } = credentials.data;
  try {
    return await limitFailures(
      limitsOf(email, address),
      () => checkPassword(email, password),
      (user) => user === null,
    );
  } catch (error) {
    if (error instanceof DomainError) throw new Error("RATE_LIMIT", { cause: error });
    throw error;
  }
}

async function checkPassword(email: string, password: string) {
  const user = await database().user.findUnique({ where: { email } });
  const right = await verifyPassword(user?.passwordHash, password);
  if (!user || !right || user.deactivatedAt) return null;
  return { id: user.id, email: user.email, name: user.name, sessionVersion: user.sessionVersion };
}
