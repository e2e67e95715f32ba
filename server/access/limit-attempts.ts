import { createHmac } from "node:crypto";
import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { settings } from "../settings";

/** A number of attempts that is allowed in a window of time. Windows are at most an hour long, since older rows are removed. */
export interface Limit {
  /** Whom or what is counted, such as `sign-in` and an address. Only its hash is kept. */
  key: readonly string[];
  attempts: number;
  seconds: number;
}

const SWEEP_MILLISECONDS = 60_000;
let sweptAt = 0;

/**
 * Counts an attempt, whatever becomes of it.
 * @throws DomainError `too-many-attempts` from the attempt after the limit on
 */
export async function countAttempt(limit: Limit): Promise<void> {
  await reserve(limit);
}

/**
 * Does what may fail, and counts failures alone: an attempt takes its place in every limit before the work begins, so that a
 * thousand attempts at once don't all find room, and gives it back where the work does well.
 * @param isFailure says of a result that it is one; an error of the work always is
 * @throws DomainError `too-many-attempts` without doing the work; whatever the work throws
 */
export async function limitFailures<T>(
  limits: readonly Limit[],
  work: () => Promise<T>,
  isFailure: (result: T) => boolean = () => false,
): Promise<T> {
  const taken: Row[] = [];
  for (const limit of limits) taken.push(await reserve(limit));
  const result = await work();
  if (!isFailure(result)) await Promise.all(taken.map(giveBack));
  return result;
}

interface Row {
  key: string;
  windowStart: Date;
  hits: number;
}

/** One atomic statement on the database: the count is right across processes and restarts. */
async function reserve({ key: parts, attempts, seconds }: Limit): Promise<Row> {
  await sweep();
  const key = hashKey([...parts, String(seconds)]);
  const [row] = await database().$queryRaw<Row[]>`
    INSERT INTO "RateLimit" ("key", "windowStart", "hits")
    VALUES (${key}, to_timestamp(floor(extract(epoch FROM now()) / ${seconds}) * ${seconds}), 1)
    ON CONFLICT ("key", "windowStart") DO UPDATE SET "hits" = "RateLimit"."hits" + 1
    RETURNING "key", "windowStart", "hits"`;
  if (row && row.hits <= attempts) return row;
  const line = `more than ${attempts} attempts in ${seconds} s: ${parts[0]}`;
  const wait = seconds <= 60 ? "a minute" : "an hour";
  throw new DomainError("too-many-attempts", line, `Too many attempts. Wait ${wait} and try again.`);
}

async function giveBack({ key, windowStart }: Row): Promise<void> {
  await database().$executeRaw`
    UPDATE "RateLimit" SET "hits" = greatest("hits" - 1, 0) WHERE "key" = ${key} AND "windowStart" = ${windowStart}`;
}

/** Removes the rows of windows that have ended, at most once a minute in each process. */
async function sweep(): Promise<void> {
  if (Date.now() - sweptAt < SWEEP_MILLISECONDS) return;
  sweptAt = Date.now();
  await database().$executeRaw`DELETE FROM "RateLimit" WHERE "windowStart" < now() - interval '1 hour'`;
}

/** Addresses and emails are few enough to be guessed from a plain hash, so the instance's secret is part of it. */
function hashKey(parts: readonly string[]): string {
  const secret = settings().nextAuthSecret ?? settings().databaseUrl;
  return createHmac("sha256", secret).update(parts.join("\n")).digest("base64url");
}
