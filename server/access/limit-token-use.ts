import { countAttempt } from "./count-attempt";
import { hashToken } from "./one-time-token";

/**
 * The uses a minute that are allowed from one address, and of one link. Tokens can't be guessed; the limits are against
 * noise and the cost of hashing.
 */
const PER_ADDRESS = 60;
const PER_TOKEN = 20;

/**
 * Counts the use of a link.
 * @throws DomainError `too-many-attempts`
 */
export async function limitTokenUse(purpose: "invitation" | "password-reset", token: string, address = "direct") {
  await countAttempt(`${purpose}-address:${address}`, PER_ADDRESS, 60);
  await countAttempt(`${purpose}:${hashToken(token)}`, PER_TOKEN, 60);
}
