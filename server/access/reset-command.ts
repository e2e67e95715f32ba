import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { settings } from "../settings";
import { resetByOperator } from "./reset-anybody";

// Prints the address where a person sets a new password. scripts/reset-password.mjs runs this file with tsx.
try {
  const { email, path, expiresAt } = await resetByOperator(process.argv[2]);
  console.log(`${email} sets a new password at ${settings().siteUrl}${path}`);
  console.log(`The link works once, while the site runs, until ${expiresAt.toISOString()}. Earlier links have ended.`);
} catch (error) {
  console.error(error instanceof DomainError ? error.userMessage : error);
  process.exitCode = 1;
}
await database().$disconnect();
