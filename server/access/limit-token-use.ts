import { countAttempt } from "./count-attempt";
import { hashToken } from "./one-time-token";

/** How many uses a minute: from one address, and of one link. No token can be guessed; this is about noise and hashing. */
const PER_ADDRESS = 60;
const PER_TOKEN = 20;

/** @throws DomainError `too-many-attempts` */
export async function limitTokenUse(purpose: "invitation" | "password-reset", token: string, address = "direct") {
  await countAttempt(`${purpose}-address:${address}`, PER_ADDRESS, 60);
  await countAttempt(`${purpose}:${hashToken(token)}`, PER_TOKEN, 60);
}
