import { DomainError } from "@/domain/errors";
import { database } from "../database/client";

/**
 * Counts an attempt in a fixed window, by one atomic statement on the database, so that the count is right across
 * processes and restarts.
 * @throws DomainError `too-many-attempts` from the attempt after `limit` on
 */
export async function countAttempt(key: string, limit: number, windowSeconds: number): Promise<void> {
  const [row] = await database().$queryRaw<{ hits: number }[]>`
    INSERT INTO "RateLimit" ("key", "windowStart", "hits")
    VALUES (${key}, to_timestamp(floor(extract(epoch FROM now()) / ${windowSeconds}) * ${windowSeconds}), 1)
    ON CONFLICT ("key", "windowStart") DO UPDATE SET "hits" = "RateLimit"."hits" + 1
    RETURNING "hits"`;
  if (row?.hits === 1)
    await database().$executeRaw`DELETE FROM "RateLimit" WHERE "windowStart" < now() - interval '1 day'`;
  if (row && row.hits <= limit) return;
  throw new DomainError(
    "too-many-attempts",
    `more than ${limit} attempts in ${windowSeconds} s: ${key}`,
    "Too many attempts. Wait a minute and try again.",
  );
}
