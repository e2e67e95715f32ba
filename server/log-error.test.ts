import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { database } from "./database/client";
import { describeJobFailure } from "./jobs/failures";
import { logError } from "./log-error";
import { withTestDatabase } from "./testing/test-database";
import { makeUser } from "./testing/test-rows";

withTestDatabase();

const SECRET = 'what "someone" wrote';

describe("an error in the log", () => {
  it.each<[string, RegExp, (id: string) => Promise<unknown>]>([
    [
      "an argument that isn't one",
      /Invalid `prisma\.user\.create\(\)` invocation: Unknown argument `word`/,
      (id) => database().user.create({ data: { id, name: SECRET, email: SECRET, word: SECRET } as never }),
    ],
    [
      "a row that is there",
      /Invalid `prisma\.user\.create\(\)` invocation: Unique constraint failed on the constraint: `User_pkey`/,
      (id) => database().user.create({ data: { id, name: SECRET, email: "x@example.org" } }),
    ],
    [
      "a value of another type",
      /Invalid `prisma\.user\.update\(\)` invocation: Invalid input value: .* for type uuid: "…"/,
      () => database().user.update({ where: { id: SECRET }, data: { name: SECRET } }),
    ],
    [
      "a value in SQL",
      /Invalid `prisma\.\$queryRaw\(\)` invocation: Raw query failed\. Code: `22P02`/,
      () => database().$queryRaw`SELECT ${SECRET}::int`,
    ],
  ])("names operation and reason, never what the query was called with: %s", async (_, message, query) => {
    const { id } = await makeUser("Ada");
    const error = await query(id).then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown,
    );
    const wrapped = new DomainError("unexpected", "it failed", undefined, error);
    for (const logged of [logError(error), logError(wrapped), describeJobFailure(error)]) {
      const text = JSON.stringify(logged);
      expect(text).not.toContain("wrote");
      expect(text.replaceAll('\\"', '"')).toMatch(message);
    }
    expect(logError(error)).toMatchObject({ stack: expect.stringContaining("log-error.test.ts") });
  });

  it("is as it was where no query is in it", () => {
    const { message, stack } = new Error('no "file" there');
    expect(logError(Object.assign(new Error(message), { stack }))).toMatchObject({ message, stack });
    expect(logError("a text")).toBe("a text");
  });
});
